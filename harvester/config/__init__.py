"""Settings: defaults < ``config.toml`` < ``HARVESTER_<SECTION>__<KEY>`` in the environment. One file a section.

A source runs where its section stands in ``config.toml`` (or the environment sets one of its keys) and is not
``enabled = false``. Unknown keys are errors. A secret may be given as ``<key>_file``, the name of a file that holds it.
"""
