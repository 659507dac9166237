"""Invented lists on other subjects, each in another form; `papers` counts what must find a place."""

# ruff: noqa: E501 - a list on few lines is easier to compare with its labels

import itertools
from dataclasses import dataclass

_numbers = itertools.count(1)


@dataclass(frozen=True)
class ForeignList:
    """A list, how many of its lines are papers with a place, and the labels that it must have, as facet:label."""

    text: str
    papers: int
    labels: frozenset[str]
    left_out: frozenset[str] = frozenset()


def bullets(count: int, form: str = "- [{title}](https://arxiv.org/abs/{id})") -> str:
    made = (next(_numbers) for _ in range(count))
    return "".join(form.format(title=f"Invented work number {n} on it", id=f"2501.{n:05}") + "\n" for n in made)


def _of(text: str, *labels: str, left_out: tuple[str, ...] = ()) -> ForeignList:
    return ForeignList(
        text, text.count("Invented work") - text.count("<!--no-->"), frozenset(labels), frozenset(left_out)
    )


LISTS = {
    "flat": _of(
        f"# Awesome Reinforcement Learning Papers\n\nA curated list of papers on agents that learn by trial.\n\n"
        f"## Contents\n- [Offline RL](#offline-rl)\n\n## Offline RL\n{bullets(2)}\n## Exploration\n{bullets(3)}\n"
        f"## Surveys\n{bullets(1)}\n## License\n- [CC0](https://example.org/cc0)\n",
        "topics:offline_rl", "topics:exploration",
        left_out=("License",),
    ),
    "nested": _of(
        f"# Awesome Time Series\n## Tasks\n### Forecasting\n{bullets(2)}### Anomaly Detection\n{bullets(2)}"
        f"## Data\n### Finance\n{bullets(1)}### Energy\n{bullets(1)}## Surveys and Reviews\n{bullets(1)}",
        "tasks:forecasting", "tasks:anomaly_detection", "data:finance", "data:energy",
    ),
    "mixed and directly below": _of(
        f"# Remote Sensing 🛰️\n\n## 🌍 Land Cover\n{bullets(1)}### Crops\n{bullets(2)}### Forests\n{bullets(1)}"
        f"## Change Detection\n{bullets(2)}## Methods (12)\n### Methods\n{bullets(1)}### Transformers\n{bullets(1)}",
        "land_cover:land_cover", "land_cover:crops", "land_cover:forests", "topics:change_detection",
        "methods:methods", "methods:transformers",
    ),
    "all below one heading": _of(
        f"Awesome Graph Learning\n===\n## Papers\n### Pooling\n{bullets(2)}### Explanation\n{bullets(1)}"
        f"#### Counterfactuals\n{bullets(1)}## Contributing\nSee [here](https://example.org/c).\n",
        "topics:pooling", "explanation_2:explanation", "explanation_2:counterfactuals",
    ),
    "no title": _of(
        f"## Speech Enhancement\n{bullets(1)}## Speaker Diarisation\n{bullets(2)}",
        "topics:speech_enhancement", "topics:speaker_diarisation",
    ),
    "first-level groups": _of(
        f"# Awesome Robot Hands\n\n# Grasping\n{bullets(1)}# Touch\n## Skin\n{bullets(1)}## Force\n{bullets(1)}",
        "topics:grasping", "touch:skin", "touch:force",
    ),
    "Chinese": _of(
        f"# 时间序列论文列表\n\n## 目录\n- [预测](#预测)\n\n## 预测\n{bullets(2)}## 异常检测\n{bullets(1)}## 综述\n{bullets(1)}"
        "## 许可证\n- [MIT](https://example.org/mit)\n",
        "topics:label_1", "topics:label_2",
        left_out=("许可证",),
    ),
    "Japanese, nested": _of(
        f"# 点群処理まとめ\n## タスク\n### 分類\n{bullets(1)}### セグメンテーション\n{bullets(1)}## データ\n### 屋内 Indoor\n{bullets(1)}",
        "facet_1:label_1", "facet_1:label_2", "facet_2:indoor",
    ),
    "accents and other letters": _of(
        f"# Vidéo et parole\n## Détection d'événements\n{bullets(1)}## β-VAE\n{bullets(1)}## 3D Łódź\n{bullets(1)}",
        "topics:detection_devenements", "topics:beta_vae", "topics:label_3d_lodz",
    ),
    "duplicated headings": _of(
        f"# Multimodal Learning\n## Vision\n### Methods\n{bullets(1)}### Pretraining\n{bullets(1)}## Audio\n### Methods\n{bullets(2)}"
        f"### Pretraining\n{bullets(1)}## Methods\n{bullets(1)}## Vision\n### Captioning\n{bullets(1)}",
        "vision:methods", "vision:pretraining", "vision:captioning", "audio:methods", "audio:pretraining",
        "methods:methods",
    ),
    "hostile headings": _of(
        f'# Awesome "Quotes" \\ and \x07bells\n## A "quoted" \\ heading = [1]\n{bullets(1)}## [[facets]]\n{bullets(1)}'
        f"## '''\"\"\" # id = \"x\"\n{bullets(1)}## <script>alert(1)</script> $(rm -rf /)\n{bullets(1)}## __proto__\n{bullets(1)}"
        f"## {'Very long words ' * 40}\n{bullets(1)}## a > b\n{bullets(1)}## Title\n{bullets(1)}## *\n",
        "topics:a_quoted_heading", "topics:facets", "topics:id_x", "topics:alert_1_rm_rf", "topics:proto",
        "topics:very_long_words_very_long_words_very", "topics:a_b", "topics:title",
    ),
    "names that facets cannot have": _of(
        f"# Federated Learning\n## Code\n### Clients\n{bullets(1)}## Model\n### Split\n{bullets(1)}## Kind\n### Cross\n{bullets(1)}"
        f"## Topics\n### One\n{bullets(1)}## Year\n### Late\n{bullets(1)}## Alone\n{bullets(1)}",
        "code_2:clients", "model_2:split", "kind_2:cross", "topics:one", "year_2:late", "sections:alone",
    ),
    "numbers, counts, plurals": _of(
        f"# 1. Awesome Neural Rendering\n## 1. NeRF (17)\n{bullets(1)}## 2. NeRFs\n{bullets(1)}## 3.1 Gaussian Splatting [4]\n{bullets(1)}"
        f"## IV. Relighting\n{bullets(1)}",
        "topics:nerf", "topics:gaussian_splatting", "topics:relighting",
    ),
    "years below topics": _of(
        f"# Awesome Code LLMs\n## Repair\n### 2024\n{bullets(1)}### 2023\n{bullets(1)}## Synthesis\n### ICLR 2024\n{bullets(1)}"
        f"### Journal papers\n{bullets(1)}",
        "topics:repair", "topics:synthesis",
    ),
    "topics below years": _of(
        f"# Awesome Weather Models\n## 2024\n### Nowcasting\n{bullets(1)}### Downscaling\n{bullets(1)}## 2023\n### Nowcasting\n{bullets(1)}",
        "topics:nowcasting", "topics:downscaling",
    ),
    "kinds in groups": _of(
        f"# Recommender Systems\n## Sequential\n### Surveys\n{bullets(1)}### Datasets and Benchmarks\n{bullets(1)}## Graphs\n"
        f"### Social\n{bullets(1)}### Papers\n{bullets(1)}",
        "topics:sequential", "graphs:social", "graphs:graphs",
    ),
    "subjects called like other sections": _of(
        f"# Multimodal Retrieval\n## Videos\n{bullets(2)}## News\n{bullets(1)}## Books\n- [A book](https://example.org/book)\n",
        "topics:videos", "topics:news",
        left_out=("Books",),
    ),
    "tables": _of(
        "# Materials Discovery\n## Crystals\n| Title | Link |\n| --- | --- |\n"
        "| Invented work of rows | [pdf](https://arxiv.org/abs/2502.00001) |\n\n"
        f"<h2>Polymers</h2>\n\n{bullets(1)}",
        "topics:crystals", "topics:polymers",
    ),
    "bold paragraphs": _of(
        "# Awesome Protein Design\n\n# Folding\n**Invented work that folds** \\\n[2024] [Nature] \\\n[[Paper](https://example.org/f)]\n\n"
        "# Docking\n**Invented work that docks** \\\n[2023] \\\n[[Paper](https://example.org/d)]\n",
        "topics:folding", "topics:docking",
    ),
    "many sections": _of(
        "# Awesome Everything\n" + "".join(f"## Subject {n}\n{bullets(1)}" for n in range(90)),
        *(f"topics:subject_{n}" for n in range(90)),
    ),
    "other": _of(
        f"# Quantum Learning\n## Kernels\n{bullets(1)}## Circuits\n### Ansatz\n{bullets(1)}### Other\n{bullets(1)}## Others\n{bullets(1)}",
        "topics:kernels", "circuits:ansatz",
    ),
    "deep": _of(
        f"# Awesome Security\n## Attacks\n### Evasion\n#### White box\n##### Gradients\n{bullets(1)}##### Search\n{bullets(1)}"
        f"#### Black box\n{bullets(1)}### Poisoning\n{bullets(1)}",
        "evasion:white_box", "evasion:gradients", "evasion:search", "evasion:black_box", "topics:poisoning",
    ),
}  # fmt: skip
