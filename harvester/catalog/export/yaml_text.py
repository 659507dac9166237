"""YAML, for CITATION.cff and the dataset card."""

from collections.abc import Mapping


def to_yaml(document: Mapping[str, object]) -> str:
    """The document in block style, keys in their order, every string quoted that YAML would read as something else."""
    import yaml

    # libyaml's emitter is twenty times as fast, and not in every build
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False, width=120))
