"""More invented lists: several titles in a line or a cell, groups within tables, references, titles like venues."""

# ruff: noqa: E501 - a paper on one line is easier to compare

from .list_cases import Case, Said

MIXED_CASES = {
    "several titles in one cell": Case(
        """\
| Year | Task | Papers | Code |
|---|---|---|---|
| 2023 | Seg | [Atria once](https://arxiv.org/abs/2301.20011)<br>[Atria twice](https://arxiv.org/abs/2302.20012) | [code](https://github.com/a/1)<br>[code](https://github.com/a/2) |
| 2022 | Motion | [Warp the wall](https://arxiv.org/abs/2303.20013), [Wall the warp](https://arxiv.org/abs/2304.20014) | |
| 2021 | Motion | HeartNet [paper](https://arxiv.org/abs/2301.20031)<br>[journal](https://doi.org/10.5555/hn) | |
""",
        (
            Said("arxiv:2301.20011", "Atria once", "2023", links=("paper", "code"), note="Task: Seg"),
            Said("arxiv:2302.20012", "Atria twice", "2023", links=("paper", "code"), note="Task: Seg"),
            Said("arxiv:2303.20013", "Warp the wall", "2022", note="Task: Motion"),
            Said("arxiv:2304.20014", "Wall the warp", "2022", note="Task: Motion"),
            Said("arxiv:2301.20031", "HeartNet", "2021", links=("paper", "paper-2")),
        ),
    ),
    "several titles behind a label": Case(
        """\
**Foundation models:** [Cor-1](https://arxiv.org/abs/2401.50005), [Cor-2](https://arxiv.org/abs/2402.50006), [MedCor: a medical Cor](https://arxiv.org/abs/2403.50007).

- **Surveys**: [Hearts and machines: a survey](https://arxiv.org/abs/2101.50008) (2021); [Machines and hearts: another](https://arxiv.org/abs/2202.50009), TMI 2022
""",
        (
            Said("arxiv:2401.50005", "Cor-1", note="Foundation models"),
            Said("arxiv:2402.50006", "Cor-2", note=""),
            Said("arxiv:2403.50007", "MedCor: a medical Cor", note=""),
            Said("arxiv:2101.50008", "Hearts and machines: a survey", "2021", note="Surveys"),
            Said("arxiv:2202.50009", "Machines and hearts: another", "2022", "TMI", note=""),
        ),
    ),
    "rows that group, and names with sites": Case(
        """\
<table><tr><th>Category</th><th>Paper</th><th>Authors</th><th>Link</th></tr>
<tr><td rowspan=2>CNN</td><td>Layers of the heart</td><td>O. Berg</td><td><a href="https://arxiv.org/abs/1901.20001">arXiv</a></td></tr>
<tr><td>Kernels of truth</td><td>T. Frost and U. Vale</td><td><a href="https://arxiv.org/abs/1901.20002">arXiv</a></td></tr>
<tr><td colspan=4><b>Transformers</b></td></tr>
<tr><td>ViT</td><td>Attention to the apex</td><td>M. Holt</td><td><a href="https://arxiv.org/abs/2101.20003">arXiv</a></td></tr>
</table>

| Dataset | Patients | Paper | Download |
|---|---|---|---|
| **2021** | | | |
| [CineBox](https://cinebox.example.org) | 300 | [Dee et al., MedIA 2021](https://doi.org/10.1016/j.media.2021.10001) | [link](https://zenodo.org/record/77) |
""",
        (
            Said("arxiv:1901.20001", "Layers of the heart", authors=("O. Berg",), note="Category: CNN"),
            Said("arxiv:1901.20002", "Kernels of truth", authors=("T. Frost", "U. Vale"), note="Category: CNN"),
            Said("arxiv:2101.20003", "Attention to the apex", authors=("M. Holt",), note="Category: ViT"),
            Said("doi:10.1016/j.media.2021.10001", "CineBox", "2021", "MedIA", ("project", "paper", "data"), ("Dee",), "Patients: 300"),
        ),
    ),
    "tables of one paper": Case(
        """\
| Title | Ventricles by post |
|---|---|
| Authors | Ola Berg, Tim Frost |
| Venue | MICCAI 2020 |
| Paper | [link](https://arxiv.org/abs/2001.20041) |
| Code | https://github.com/v/post |

### Septa by post, again

| | |
|---|---|
| **Author(s)** | Una Vale |
| **Date** | 2021-05 |
| **Link** | [arXiv](https://arxiv.org/abs/2105.20042) |
""",
        (
            Said("arxiv:2001.20041", "Ventricles by post", "2020", "MICCAI", ("paper", "code"), ("Ola Berg", "Tim Frost"), ""),
            Said("arxiv:2105.20042", "Septa by post, again", "2021-05", authors=("Una Vale",), note=""),
        ),
    ),
    "pages of notes": Case(
        """\
# Atria in motion

Authors: Ola Berg, Tim Frost
Date: March 3, 2024
Link: https://arxiv.org/abs/2403.10001
Status: Read

Summary: tracks the atrium wall.

### [Pacing the pump](https://arxiv.org/abs/2306.30001)
**Tim Frost**, **Una Vale**
*ECCV 2023*
[[Project]](https://pace.example.org) [[Code]](https://github.com/pace/pump)

* Leaflet tracking without tears
  * Author(s): Ola Berg; Tim Frost
  * [Paper](https://arxiv.org/abs/2306.30002)
""",
        (
            Said("arxiv:2403.10001", "Atria in motion", "2024-03-03", authors=("Ola Berg", "Tim Frost"), note="Status: Read; Summary: tracks the atrium wall."),
            Said("arxiv:2306.30001", "Pacing the pump", "2023", "ECCV", ("paper", "project", "code"), ("Tim Frost", "Una Vale"), ""),
            Said("arxiv:2306.30002", "Leaflet tracking without tears", authors=("Ola Berg", "Tim Frost"), note=""),
        ),
    ),
    "authors in a paragraph of their own": Case(
        """\
[Leaflets in one pass](https://arxiv.org/abs/2301.00001)

Ann Dee, Bob Poe

2022

[Septa from two views](https://arxiv.org/abs/2301.00002)

<div><div><a href="https://doi.org/10.5555/div.1">Pulses in divs</a></div><div>Iris Po, Max Lund</div></div>
<div><div><a href="https://doi.org/10.5555/div.2">Divs in pulses</a></div><div>Max Lund, Iris Po</div></div>
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2301.00002", "Septa from two views", authors=(), note=""),
            Said("doi:10.5555/div.1", "Pulses in divs", authors=("Iris Po", "Max Lund"), note=""),
            Said("doi:10.5555/div.2", "Divs in pulses", authors=("Max Lund", "Iris Po"), note=""),
        ),
    ),
    "references in more styles": Case(
        """\
- M. Holt, T. Frost, and U. Vale. Fractals everywhere in coronary trees. In Proc. Fractal Hearts, pages 1-9, 2017. [pdf](https://arxiv.org/abs/1701.00001)
- Berg O., Frost T., Vale U. Myocardium at the edge of the field of view // Medical Image Letters. – 2020. – Vol. 7. – P. 12–20. [DOI](https://doi.org/10.1234/mil.2020.7)
- Сердце в покое. Иванов И.И., Петров П.П. // Кардиология. 2020. Т. 60. № 1. С. 5-10. https://doi.org/10.18087/cardio.2020.1
- M. Holt. Fractals in coronary trees. PhD thesis, 2017. [[thesis]](https://thesis.example.edu/holt)
- Berg, Frost & Vale (2020) — *Curves of the conus*. *J Cardiac Curves* **12**: 1–9. [doi](https://doi.org/10.5555/jcc.12.1)
- Berg, Ola, Tim Frost, and Una Vale. "Slow Hearts Again." *Heart Letters* 3 (2021). https://doi.org/10.5555/slow
- Berg, Ola. 2022. "Fast Hearts Again." *Heart Letters* 4: 1-9. https://doi.org/10.5555/fast
- [Beats in bits](https://arxiv.org/abs/0701.00002). Benga, Yosh and Court, Aron and Le, Minh. TPAMI 2013.
- 王小明等，《基于Transformer的心电信号分类》，计算机学报，2021 [[链接]](https://doi.org/10.11897/sp.j.1016.2021.1)
""",
        (
            Said("arxiv:1701.00001", "Fractals everywhere in coronary trees", "2017", "Proc. Fractal Hearts", ("pdf",), ("M. Holt", "T. Frost", "U. Vale"), ""),
            Said("doi:10.1234/mil.2020.7", "Myocardium at the edge of the field of view", "2020", "Medical Image Letters", ("paper",), ("Berg O.", "Frost T.", "Vale U"), ""),
            Said("doi:10.18087/cardio.2020.1", "Сердце в покое", "2020", "Кардиология", ("paper",), ("Иванов И.И", "Петров П.П"), ""),
            Said("title:fractalsincoronarytrees", "Fractals in coronary trees", "2017", "PhD thesis", ("paper",), ("M. Holt",), ""),
            Said("doi:10.5555/jcc.12.1", "Curves of the conus", "2020", "J Cardiac Curves", ("paper",), ("Berg", "Frost", "Vale"), ""),
            Said("doi:10.5555/slow", "Slow Hearts Again", "2021", "Heart Letters", ("paper",), ("Ola Berg", "Tim Frost", "Una Vale")),
            Said("doi:10.5555/fast", "Fast Hearts Again", "2022", "Heart Letters", ("paper",), ("Ola Berg",), ""),
            Said("arxiv:0701.00002", "Beats in bits", "2013", "TPAMI", ("paper",), ("Yosh Benga", "Aron Court", "Minh Le"), ""),
            Said("doi:10.11897/sp.j.1016.2021.1", "基于Transformer的心电信号分类", "2021", "计算机学报", ("paper",), ("王小明",), ""),
        ),
    ),
    "titles that end like names of journals": Case(
        """\
- **Neural Networks in Cardiology** [paper](https://arxiv.org/abs/2001.20062)
- [Foundation Models in Medicine](https://arxiv.org/abs/2001.20063), Ann Dee, Bob Poe, 2023
- [PulseFM: A Foundation Model for Cardiac Imaging](https://arxiv.org/abs/2001.20064) (MICCAI 2024)
- [[Vision Transformers for Cardiac Medicine]](https://arxiv.org/abs/2001.20069), *Artificial Intelligence in Medicine*, 2021

| Year | Title | Venue | Model |
|---|---|---|---|
| 2024 | [Diffusion Models in Cardiology](https://arxiv.org/abs/2001.20071) | MIDL | U-Net |
| 2023 | **X-1**: A Model for Cardiac Imaging [pdf](https://arxiv.org/abs/2001.20073) | Nature Medicine | ViT |
""",
        (
            Said("arxiv:2001.20062", "Neural Networks in Cardiology", note=""),
            Said("arxiv:2001.20063", "Foundation Models in Medicine", "2023", authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2001.20064", "PulseFM: A Foundation Model for Cardiac Imaging", "2024", "MICCAI", note=""),
            Said("arxiv:2001.20069", "Vision Transformers for Cardiac Medicine", "2021", "Artificial Intelligence in Medicine", note=""),
            Said("arxiv:2001.20071", "Diffusion Models in Cardiology", "2024", "MIDL", note="Model: U-Net"),
            Said("arxiv:2001.20073", "X-1: A Model for Cardiac Imaging", "2023", "Nature Medicine", ("pdf",), note="Model: ViT"),
        ),
    ),
    "names with their long titles in italics, venues with months": Case(
        """\
- **CardioGPT** *A GPT for cardiology wards* (MICCAI, 2024) [📄](https://arxiv.org/abs/2401.20001) [💻](https://github.com/g/cardio)
- [ValveFormer](https://arxiv.org/abs/2001.20053) *Transformers see valves in the dark*, MICCAI 2021
- **HeartNet** *Ola Berg et al.* [paper](https://arxiv.org/abs/2001.20051)
- (*arXiv 2024.05*) **Tokens of the pulse** [[Paper](https://arxiv.org/abs/2405.10001)]
- **Leaflets on stars** ([arXiv 2020](https://arxiv.org/abs/2001.30003), [CVPR version](https://openaccess.thecvf.com/leaf.html))
- 2021 / ISBI / Vessel vows / [paper](https://arxiv.org/abs/2101.50003)
- **2024-02-10** — *Sinus, sung* by **Iris Po**, **Max Lund** [link](https://arxiv.org/abs/2402.30002)
- **[心跳大模型]** HeartLM: A large model，arXiv 2024，[论文](https://arxiv.org/abs/2402.20001)
- [2403.20002] 心音分类的扩散模型 https://arxiv.org/abs/2403.20002
""",
        (
            Said("arxiv:2401.20001", "CardioGPT: A GPT for cardiology wards", "2024", "MICCAI", ("paper", "code"), note=""),
            Said("arxiv:2001.20053", "ValveFormer: Transformers see valves in the dark", "2021", "MICCAI", note=""),
            Said("arxiv:2001.20051", "HeartNet", authors=("Ola Berg",), note=""),
            Said("arxiv:2405.10001", "Tokens of the pulse", "2024-05", "arXiv", note=""),
            Said("arxiv:2001.30003", "Leaflets on stars", "2020", "arXiv", ("paper", "paper-2")),
            Said("arxiv:2101.50003", "Vessel vows", "2021", "ISBI", note=""),
            Said("arxiv:2402.30002", "Sinus, sung", "2024-02-10", authors=("Iris Po", "Max Lund"), note=""),
            Said("arxiv:2402.20001", "HeartLM: A large model", "2024", "arXiv", note="心跳大模型"),
            Said("arxiv:2403.20002", "心音分类的扩散模型", note=""),
        ),
    ),
    "titles in italics, highlighted titles, remarks on other papers": Case(
        """\
- Vale. *Springs of the septum*. 2021. [[pdf]](https://arxiv.org/abs/2105.80003)
- O. Berg *et al.*, **Annuli in spring**, Seasons Imaging 5, 2022 [DOI](https://doi.org/10.5555/as.2)
- Ola Berg, Tim Frost, "**Annuli in autumn**", *Seasons of Imaging*, 2021. [DOI](https://doi.org/10.5555/aa.1)
- [x] ==Valves of velvet== (Berg, 2020) — [pdf](https://arxiv.org/abs/2005.80011)
- **Kalp atışları**, Ayşe Yılmaz, Żaneta Öz, 2021 [Makale](https://doi.org/10.5555/tr.1) [Kod](https://github.com/k/a)

<p><b>[13]</b> Una Vale. <i>Deltas of the left ventricle</i>. Medical Rivers, 2021. <a href="https://doi.org/10.5555/mr.3">doi</a></p>

**[Echoes of the South](https://arxiv.org/abs/2305.80010)**, Una Vale. *arXiv, May 2023*.

- [Echoes of the East](https://arxiv.org/abs/2305.80011)
  - Hongyu An, Bin Du, Chi Liu, Minh Le, Şaban Öz, In So Kweon, Una Vale, Ann Dee, Cy Roe
""",
        (
            Said("arxiv:2105.80003", "Springs of the septum", "2021", links=("pdf",), note="Vale"),
            Said("doi:10.5555/as.2", "Annuli in spring", "2022", "Seasons Imaging", authors=("O. Berg",), note=""),
            Said("doi:10.5555/aa.1", "Annuli in autumn", "2021", "Seasons of Imaging", authors=("Ola Berg", "Tim Frost"), note=""),
            Said("arxiv:2005.80011", "Valves of velvet", "2020", links=("pdf",), authors=("Berg",), note=""),
            Said("doi:10.5555/tr.1", "Kalp atışları", "2021", links=("paper", "code"), authors=("Ayşe Yılmaz", "Żaneta Öz"), note=""),
            Said("doi:10.5555/mr.3", "Deltas of the left ventricle", "2021", authors=("Una Vale",), note="Medical Rivers"),
            Said("arxiv:2305.80010", "Echoes of the South", "2023-05", "arXiv", authors=("Una Vale",), note=""),
            Said("arxiv:2305.80011", "Echoes of the East", authors=("Hongyu An", "Bin Du", "Chi Liu", "Minh Le", "Şaban Öz", "In So Kweon", "Una Vale", "Ann Dee", "Cy Roe"), note=""),
        ),
    ),
    "a name, a dash and the title": Case(
        """\
- **PlaqueNet** - Plaques on a graph of vessels [[paper](https://arxiv.org/abs/2201.10001)] [[code](https://github.com/roe/plaques)]
- [VeinNet](https://arxiv.org/abs/2301.10002) – Veins from a hundred phones. *MIDL* 2023
- [StrainNet](https://arxiv.org/abs/1901.10003): "Strain at rest and at work"
- BeatBERT — Beats in the dark of night [paper](https://arxiv.org/abs/1801.10004)
- **BeatNet** - [Beats in the light of day](https://arxiv.org/abs/1801.10005)
- **SegWalls** | SegWalls: Walls without labels | MIDL 2021 | [paper](https://arxiv.org/abs/2101.10006)
- [ValveNet](https://arxiv.org/abs/2201.10007) - Has one hundred scans of valves.
- [ToolNet](https://github.com/roe/tool) - Tools for all kinds of hearts
- **MurmurNet** - Ann Dee, Bob Poe, MIDL 2021 [paper](https://arxiv.org/abs/2101.10008)
- **Murmurs at night** - MIDL 2021 [paper](https://arxiv.org/abs/2101.10009)
""",
        (
            Said("arxiv:2201.10001", "PlaqueNet: Plaques on a graph of vessels", links=("paper", "code")),
            Said("arxiv:2301.10002", "VeinNet: Veins from a hundred phones", "2023", "MIDL"),
            Said("arxiv:1901.10003", "StrainNet: Strain at rest and at work"),
            Said("arxiv:1801.10004", "BeatBERT: Beats in the dark of night"),
            Said("arxiv:1801.10005", "Beats in the light of day", note="BeatNet"),
            Said("arxiv:2101.10006", "SegWalls: Walls without labels", "2021", "MIDL"),
            Said("arxiv:2201.10007", "ValveNet", note="Has one hundred scans of valves"),
            Said("title:toolnet", "ToolNet", links=("code",), note="Tools for all kinds of hearts"),
            Said("arxiv:2101.10008", "MurmurNet", "2021", "MIDL", authors=("Ann Dee", "Bob Poe")),
            Said("arxiv:2101.10009", "Murmurs at night", "2021", "MIDL"),
        ),
    ),
    "identifiers in words": Case(
        """\
- Dee A, Poe B. Plaques on a graph of vessels. Med Image Anal. 2020. doi:10.1016/j.media.2020.101693
- Veins from a phone. arXiv preprint arXiv:2005.10002v2, 2020.
- Dee, A., & Poe, B. (2021). Strain at rest. *Heart Notes*, 3(2), 1-9. DOI 10.1000/rest.
- Beats in the dark (PMID: 12345678)
- **Walls without labels**, MIDL 2021, 10.1000/(walls)

**Sounds of valves** \\
Ann Dee, Bob Poe \\
arXiv: 2201.10006
""",
        (
            Said("doi:10.1016/j.media.2020.101693", "Plaques on a graph of vessels", "2020", "Med Image Anal", authors=("Dee A", "Poe B")),
            Said("arxiv:2005.10002", "Veins from a phone", "2020", "arXiv preprint"),
            Said("doi:10.1000/rest", "Strain at rest", "2021", "Heart Notes", authors=("A. Dee", "B. Poe")),
            Said("pmid:12345678", "Beats in the dark"),
            Said("doi:10.1000/(walls)", "Walls without labels", "2021", "MIDL"),
            Said("arxiv:2201.10006", "Sounds of valves", authors=("Ann Dee", "Bob Poe")),
        ),
    ),
    "year, venue and name as one label": Case(
        """\
- [[2022-ICLR-T](https://arxiv.org/abs/2201.10001)] Plaques on a graph
- `2022-ICLR` [Veins from a phone](https://arxiv.org/abs/2201.10002) Paper; Code
- **2021-CVPR-Oral** Strain at rest [Paper](https://arxiv.org/abs/2101.10003); [Dataset](https://data.example.org/rest)
- [2021_MIDL] [Beats in the dark](https://arxiv.org/abs/2101.10004)
- [ICLR22 Spotlight] [Walls without labels](https://arxiv.org/abs/2201.10005)
- [2021-MICCAI-ValveNet](https://arxiv.org/abs/2101.10006) [[code](https://github.com/roe/valves)]
- [2021-MICCAI-MurmurNet] [Murmurs by mail](https://arxiv.org/abs/2101.10007)
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022", "ICLR", note=""),
            Said("arxiv:2201.10002", "Veins from a phone", "2022", "ICLR", note=""),
            Said("arxiv:2101.10003", "Strain at rest", "2021", "CVPR", ("paper", "data"), note="Oral"),
            Said("arxiv:2101.10004", "Beats in the dark", "2021", "MIDL"),
            Said("arxiv:2201.10005", "Walls without labels", "2022", "ICLR", note="Spotlight"),
            Said("arxiv:2101.10006", "ValveNet", "2021", "MICCAI", ("paper", "code"), note=""),
            Said("arxiv:2101.10007", "Murmurs by mail", "2021", "MICCAI", note="MurmurNet"),
        ),
    ),
    "the makers of a list below it": Case(
        """\
[2024](#2024) | [2023](#2023)

- [Plaques on a graph](https://arxiv.org/abs/2201.10001)

---

**Veins from a phone** [[paper](https://papers.example.org/veins)]

---

[Our lab](https://lab.example.org) · [Mastodon](https://m.example.org/@lab) · [Mail](mailto:lab@example.org)

Made with love by [Ann Dee](https://dee.example.org)

[Up](#top)
""",
        (Said("arxiv:2201.10001", "Plaques on a graph"), Said("title:veinsfromaphone", "Veins from a phone")),
        ("navigation", "navigation", "contact", "contact", "contact", "text", "navigation"),
    ),
}  # fmt: skip
