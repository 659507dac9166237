"""More invented lists: shapes of tables, HTML, references and lines that are several."""

# ruff: noqa: E501 - a paper on one line is easier to compare

from .list_cases import Case, Said

SHAPE_CASES = {
    "labels in a row, in Chinese": Case(
        """\
- 标题：基于深度学习的心脏分割方法　作者：王小丽，李明　会议：MICCAI 2023　[论文](https://arxiv.org/abs/2301.00001) [代码](https://github.com/a/b)
- **心电图的自监督学习**，张三、李四，《自动化学报》，2022年。[[PDF]](https://arxiv.org/abs/2201.00002)
- 【CVPR 2023】心脏磁共振重建新方法 [论文链接](https://arxiv.org/abs/2301.00003) | [项目主页](https://heart.example)
""",
        (
            Said("arxiv:2301.00001", "基于深度学习的心脏分割方法", published="2023", venue="MICCAI", links=("paper", "code"), authors=("王小丽", "李明"), note=""),
            Said("arxiv:2201.00002", "心电图的自监督学习", published="2022", venue="自动化学报", links=("pdf",), authors=("张三", "李四"), note=""),
            Said("arxiv:2301.00003", "心脏磁共振重建新方法", published="2023", venue="CVPR", links=("paper", "project"), note=""),
        ),
    ),
    "labels in a row, in Spanish": Case(
        """\
- **Segmentación del corazón en resonancia magnética** - Ana Pérez y Luis Gómez. *Revista de Cardiología*, marzo de 2021. [Artículo](https://doi.org/10.1000/abc) · [Código](https://github.com/a/d) · [Datos](https://zenodo.org/record/123)
- Título: Latidos en la noche. Autores: Ana Pérez, Luis Gómez. Año: 2020. Enlace: https://arxiv.org/abs/2001.00003
""",
        (
            Said("doi:10.1000/abc", "Segmentación del corazón en resonancia magnética", published="2021-03", venue="Revista de Cardiología", links=("paper", "code", "data"), authors=("Ana Pérez", "Luis Gómez"), note=""),
            Said("arxiv:2001.00003", "Latidos en la noche", published="2020", authors=("Ana Pérez", "Luis Gómez"), note=""),
        ),
    ),
    "cells over several rows": Case(
        """\
<table>
<tr><th>Year</th><th>Title</th><th>Venue</th><th>Links</th></tr>
<tr><td rowspan="2">2023</td><td>Leaflets in one pass</td><td>MIDL</td><td><a href="https://arxiv.org/abs/2301.00001">paper</a> <a href="https://github.com/a/b">code</a></td></tr>
<tr><td>Septa from two views</td><td>TMI</td><td><a href="https://arxiv.org/abs/2301.00002">paper</a></td></tr>
<tr><td rowspan="1">2022</td><td>Walls without labels</td><td>CVPR</td><td><a href="https://arxiv.org/abs/2201.00003">paper</a></td></tr>
</table>
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MIDL", links=("paper", "code"), note=""),
            Said("arxiv:2301.00002", "Septa from two views", published="2023", venue="TMI", note=""),
            Said("arxiv:2201.00003", "Walls without labels", published="2022", venue="CVPR", note=""),
        ),
    ),
    "lines within a cell": Case(
        """\
<table>
<tr><td><b>Paper</b></td><td><b>Code</b></td></tr>
<tr><td><a href="https://arxiv.org/abs/2301.00001">Leaflets in one pass</a><br><em>Ann Dee, Bob Poe</em><br>MICCAI 2023</td><td><a href="https://github.com/a/b"><img src="https://img.shields.io/github/stars/a/b"></a></td></tr>
</table>
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MICCAI", links=("paper", "code"), authors=("Ann Dee", "Bob Poe"), note=""),
        ),
        ("badge",),
    ),
    "several titles in one bullet": Case(
        """\
- [Leaflets in one pass](https://arxiv.org/abs/2301.00001), [Septa from two views](https://arxiv.org/abs/2301.00002) and [Walls without labels](https://arxiv.org/abs/2301.00003)
- HeartNet: [v1](https://arxiv.org/abs/2301.00004), [v2](https://arxiv.org/abs/2302.00005)
- [Chambers counted slowly](https://arxiv.org/abs/2301.00006); [Chambers counted fast](https://arxiv.org/abs/2301.00007)
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", note=""),
            Said("arxiv:2301.00002", "Septa from two views", note=""),
            Said("arxiv:2301.00003", "Walls without labels", note=""),
            Said("arxiv:2301.00004", "HeartNet", links=("paper", "paper-2"), note=""),
            Said("arxiv:2301.00006", "Chambers counted slowly", note=""),
            Said("arxiv:2301.00007", "Chambers counted fast", note=""),
        ),
    ),
    "tables whose header is a paper": Case(
        """\
| Leaflets in one pass | MIDL 2023 | [paper](https://arxiv.org/abs/2301.00001) |
| --- | --- | --- |
| Septa from two views | TMI 2022 | [paper](https://arxiv.org/abs/2301.00002) |

| | | |
|---|---|---|
| 2023 | Walls without labels | [pdf](https://arxiv.org/abs/2301.00003) |
| 2022 | Chambers counted slowly | [pdf](https://arxiv.org/abs/2201.00004) |
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MIDL", note=""),
            Said("arxiv:2301.00002", "Septa from two views", published="2022", venue="TMI", note=""),
            Said("arxiv:2301.00003", "Walls without labels", published="2023", links=("pdf",), note=""),
            Said("arxiv:2201.00004", "Chambers counted slowly", published="2022", links=("pdf",), note=""),
        ),
    ),
    "addresses without a scheme, and before titles": Case(
        """\
- Leaflets in one pass https://arxiv.org/abs/2301.00002
- Septa from two views (https://arxiv.org/abs/2301.00003), code at https://github.com/a/b
- <https://arxiv.org/abs/2301.00004> Walls without labels
* arxiv.org/abs/2301.00005 - Chambers counted slowly
""",
        (
            Said("arxiv:2301.00002", "Leaflets in one pass", note=""),
            Said("arxiv:2301.00003", "Septa from two views", links=("paper", "code"), note=""),
            Said("arxiv:2301.00004", "Walls without labels", note=""),
            Said("arxiv:2301.00005", "Chambers counted slowly", note=""),
        ),
    ),
    "badges that are links": Case(
        """\
- **Leaflets in one pass** [![arXiv](https://img.shields.io/badge/arXiv-2301.00001-b31b1b.svg)](https://arxiv.org/abs/2301.00001) [![GitHub](https://img.shields.io/github/stars/a/b?style=social)](https://github.com/a/b)
- [![Paper](https://img.shields.io/badge/MICCAI-2023-blue)](https://arxiv.org/abs/2301.00002) Septa from two views
- Walls without labels <br> [![](https://img.shields.io/badge/Paper-red)](https://arxiv.org/abs/2301.00003)
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", links=("paper", "code"), note=""),
            Said("arxiv:2301.00002", "Septa from two views", note=""),
            Said("arxiv:2301.00003", "Walls without labels", note=""),
        ),
        ("badge", "badge", "badge", "badge"),
    ),
    "lists of definitions": Case(
        """\
Leaflets in one pass
: Ann Dee, Bob Poe. MIDL 2023. [paper](https://arxiv.org/abs/2301.00001)

Septa from two views
: [paper](https://arxiv.org/abs/2301.00002)

<dl><dt>Walls without labels</dt><dd><a href="https://arxiv.org/abs/2301.00003">paper</a>, TMI 2022</dd>
<dt><a href="https://arxiv.org/abs/2301.00004">Chambers counted slowly</a></dt><dd>Ann Dee</dd></dl>
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MIDL", authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2301.00002", "Septa from two views", note=""),
            Said("arxiv:2301.00003", "Walls without labels", published="2022", venue="TMI", note=""),
            Said("arxiv:2301.00004", "Chambers counted slowly", authors=("Ann Dee",), note=""),
        ),
    ),
    "authors below the title": Case(
        """\
**[Leaflets in one pass](https://arxiv.org/abs/2301.00001)**
*Ann Dee, Bob Poe*
MICCAI 2023 | [code](https://github.com/a/b)

[Septa from two views](https://arxiv.org/abs/2301.00002)
_Cy Roe et al._, TMI 2022

1. [Walls without labels](https://arxiv.org/abs/2301.00003)
   <br>*Ann Dee and Bob Poe*
   <br>In: CVPR, 2021
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MICCAI", links=("paper", "code"), authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2301.00002", "Septa from two views", published="2022", venue="TMI", authors=("Cy Roe",), note=""),
            Said("arxiv:2301.00003", "Walls without labels", published="2021", venue="CVPR", authors=("Ann Dee", "Bob Poe"), note=""),
        ),
    ),
    "papers between breaks": Case(
        """\
[Leaflets in one pass](https://arxiv.org/abs/2301.00001) MIDL 2023<br>
[Septa from two views](https://arxiv.org/abs/2301.00002) TMI 2022<br>
Walls without labels, CVPR 2021 [paper](https://arxiv.org/abs/2101.00003)<br/>
Chambers counted slowly, CVPR 2020 [paper](https://arxiv.org/abs/2001.00004)
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MIDL", note=""),
            Said("arxiv:2301.00002", "Septa from two views", published="2022", venue="TMI", note=""),
            Said("arxiv:2101.00003", "Walls without labels", published="2021", venue="CVPR", note=""),
            Said("arxiv:2001.00004", "Chambers counted slowly", published="2020", venue="CVPR", note=""),
        ),
    ),
    "links before titles": Case(
        """\
- [[PDF]](https://arxiv.org/abs/2301.00001) Leaflets in one pass, MIDL 2023
- [paper](https://arxiv.org/abs/2301.00002) | [code](https://github.com/a/b) | Septa from two views
- [arXiv](https://arxiv.org/abs/2301.00003): Walls without labels
- Title: Chambers counted slowly, Authors: Ann Dee, Bob Poe, Venue: MIDL 2022, Link: https://arxiv.org/abs/2201.00004
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MIDL", links=("pdf",), note=""),
            Said("arxiv:2301.00002", "Septa from two views", links=("paper", "code"), note=""),
            Said("arxiv:2301.00003", "Walls without labels", note=""),
            Said("arxiv:2201.00004", "Chambers counted slowly", published="2022", venue="MIDL", authors=("Ann Dee", "Bob Poe"), note=""),
        ),
    ),
    "numbered lists in HTML": Case(
        """\
<ol>
<li><a href="https://arxiv.org/abs/2301.00001">Leaflets in one pass</a>. <i>Ann Dee, Bob Poe</i>. MICCAI 2023.</li>
<li><strong>Septa from two views</strong><br/>Cy Roe<br/>TMI 2022<br/>[<a href="https://arxiv.org/abs/2201.00002">pdf</a>] [<a href="https://github.com/a/b">code</a>]</li>
</ol>
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MICCAI", authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00002", "Septa from two views", published="2022", venue="TMI", links=("pdf", "code"), authors=("Cy Roe",), note=""),
        ),
    ),
    "cells that are papers": Case(
        """\
<table><tr>
<td align="center"><a href="https://arxiv.org/abs/2301.00001"><img src="leaf.png"><br><sub><b>Leaflets in one pass</b></sub></a></td>
<td align="center"><a href="https://arxiv.org/abs/2301.00002"><img src="septa.png"><br><sub><b>Septa from two views</b></sub></a></td>
</tr></table>
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", note=""),
            Said("arxiv:2301.00002", "Septa from two views", note=""),
        ),
        ("image", "image"),
    ),
    "numbered references": Case(
        """\
[1] A. Dee and B. Poe, "Leaflets in one pass," in Proc. MICCAI, 2023, pp. 1-10. [Online]. Available: https://arxiv.org/abs/2301.00001

[2] C. Roe, "Septa from two views," IEEE Trans. Med. Imaging, vol. 41, no. 2, 2022, doi: 10.1109/TMI.2022.2.

[3] Dee, A. (2021). Walls without labels. Heart Notes. https://doi.org/10.1000/walls
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="Proc. MICCAI", authors=("A. Dee", "B. Poe"), note=""),
            Said("doi:10.1109/tmi.2022.2", "Septa from two views", published="2022", venue="IEEE Trans. Med. Imaging", authors=("C. Roe",), note=""),
            Said("doi:10.1000/walls", "Walls without labels", published="2021", venue="Heart Notes", authors=("A. Dee",), note=""),
        ),
    ),
    "paragraphs in HTML": Case(
        """\
<p><b>Leaflets in one pass</b><br>
Ann Dee, Bob Poe<br>
<i>MICCAI</i>, 2023<br>
<a href="https://arxiv.org/abs/2301.00001">[Paper]</a> <a href="https://github.com/a/b">[Code]</a></p>

<p><a href="https://arxiv.org/abs/2201.00002">Septa from two views</a>, Cy Roe, <i>TMI</i> 2022</p>
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", published="2023", venue="MICCAI", links=("paper", "code"), authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00002", "Septa from two views", published="2022", venue="TMI", authors=("Cy Roe",), note=""),
        ),
    ),
    "names of data sets": Case(
        """\
- [ACDC](https://www.creatis.insa-lyon.fr/Challenge/acdc/) - 150 cine MRI exams, 2017. [[paper](https://doi.org/10.1109/TMI.2018.1)]
- **UK Biobank** | 100,000 people | [Access](https://www.ukbiobank.ac.uk)
- MIMIC-ECG: 800k ECGs ([PhysioNet](https://physionet.org/content/mimic-ecg/1.0/), [paper](https://arxiv.org/abs/2301.00009))
""",
        (
            Said("doi:10.1109/tmi.2018.1", "ACDC", published="2017", links=("paper", "project"), note="150 cine MRI exams"),
            Said("title:ukbiobank", "UK Biobank", links=("access",), note="100,000 people; Access"),
            Said("arxiv:2301.00009", "MIMIC-ECG: 800k ECGs", links=("data", "paper"), note="PhysioNet"),
        ),
    ),
    "groups within groups": Case(
        """\
- Slow hearts
  - Sparse
    - (2021) [Murmurs by mail](https://arxiv.org/abs/2101.00001), TMI
      - [code](https://github.com/a/murmurs), [data](https://zenodo.org/records/1)
    - [Sounds of snow](https://arxiv.org/abs/2001.00002)
  - Dense
    - Weak
      - [Rhythms by day](https://arxiv.org/abs/2001.00003)
- Leaflets in one pass
  - [PDF](https://arxiv.org/abs/2001.00004)
  - Datasets used:
    - [ACDC](https://acdc.example.org)
""",
        (
            Said("arxiv:2101.00001", "Murmurs by mail", "2021", "TMI", ("paper", "code", "data")),
            Said("arxiv:2001.00002", "Sounds of snow"),
            Said("arxiv:2001.00003", "Rhythms by day"),
            Said("arxiv:2001.00004", "Leaflets in one pass", links=("pdf", "acdc")),
        ),
    ),
    "rows longer than their header": Case(
        """\
| Nr. | Title | Link |
| --- | --- | --- |
| 1 | Leaflets in one pass | [pdf](https://arxiv.org/abs/2301.00001) | [code](https://github.com/a/b) |

> | Title | Link |
> |---|---|
> | Septa of a | b views | [pdf](https://arxiv.org/abs/2301.00002) | [code](https://github.com/a/c) |
""",
        (
            Said("arxiv:2301.00001", "Leaflets in one pass", links=("pdf", "code"), note=""),
            Said("arxiv:2301.00002", "Septa of a", links=("pdf", "code"), note="b views"),
        ),
    ),
    "tables and lines in other languages": Case(
        """\
| Titre | Conférence | Année | Lien |
|---|---|---|---|
| Les valves en une passe | MICCAI | 2023 | [papier](https://arxiv.org/abs/2301.00001) |

| Titel | Autoren | Jahr | Link |
|---|---|---|---|
| Klappen in einem Durchgang | Anna Müller, Bernd Groß | 2022 | [Artikel](https://arxiv.org/abs/2301.00002) / [Quellcode](https://github.com/a/k) |

| 논문 | 저자 | 학회 | 연도 | 코드 |
|---|---|---|---|---|
| [심장 판막 분할](https://arxiv.org/abs/2301.00003) | 김철수, 이영희 | MICCAI | 2021 | [코드](https://github.com/a/p) |

| Название | Авторы | Год | Ссылка |
|---|---|---|---|
| Клапаны за один проход | Иван Петров, Анна Смирнова | 2019 | [статья](https://arxiv.org/abs/2301.00004) |

- **Válvulas à noite**, João Silva e Ana Souza, março de 2019 [Artigo](https://doi.org/10.1000/abc)
""",
        (
            Said("arxiv:2301.00001", "Les valves en une passe", "2023", "MICCAI", authors=(), note=""),
            Said("arxiv:2301.00002", "Klappen in einem Durchgang", "2022", "", ("paper", "code"), ("Anna Müller", "Bernd Groß"), ""),
            Said("arxiv:2301.00003", "심장 판막 분할", "2021", "MICCAI", ("paper", "code"), ("김철수", "이영희"), ""),
            Said("arxiv:2301.00004", "Клапаны за один проход", "2019", "", ("paper",), ("Иван Петров", "Анна Смирнова"), ""),
            Said("doi:10.1000/abc", "Válvulas à noite", "2019-03", "", ("paper",), ("João Silva", "Ana Souza"), ""),
        ),
    ),
    "remarks in bold, remarks that name links, authors and others": Case(
        """\
- (★★★) Veins from a phone [Link](https://arxiv.org/abs/2301.10002)
- LeafNet: *A network that reads leaflets*, Dee, et al. [`arXiv:2301.10003`](https://arxiv.org/abs/2301.10003)
- A model of walls and chambers, Dee, Poe, et al., MICCAI 2021 [pdf](https://papers.example.org/walls)
- [Atlas of beats](https://doi.org/10.1000/beats): 10,000 recordings of beats.

| Paper | Year | Resources |
| --- | --- | --- |
| [Strain at rest](https://doi.org/10.1000/rest) | 2020 | [[code]](https://github.com/roe/rest) [[data]](https://zenodo.org/record/1) |

### Plaques on a graph
[Paper](https://arxiv.org/abs/2201.10001)

> **TL;DR** Reads plaques.
""",
        (
            Said("arxiv:2301.10002", "Veins from a phone", note=""),
            Said("arxiv:2301.10003", "LeafNet: A network that reads leaflets", authors=("Dee",)),
            Said("title:amodelofwallsandchambers", "A model of walls and chambers", "2021", "MICCAI", ("pdf",), ("Dee", "Poe")),
            Said("doi:10.1000/beats", "Atlas of beats", note="10,000 recordings of beats"),
            Said("doi:10.1000/rest", "Strain at rest", "2020", links=("paper", "code", "data"), note=""),
            Said("arxiv:2201.10001", "Plaques on a graph", note="TL;DR: Reads plaques."),
        ),
    ),
    "a publisher's page and the preprint": Case(
        """\
- [Valves from CT](https://ieeexplore.ieee.org/document/1) [[arXiv](https://arxiv.org/abs/2101.10001)]
- [ACDC](https://acdc.example.org) [[paper](https://doi.org/10.1000/acdc)]
- **Strain at rest** [[Best of March](https://link.springer.com/article/rest)]
""",
        (
            Said("arxiv:2101.10001", "Valves from CT", links=("paper", "paper-2")),
            Said("doi:10.1000/acdc", "ACDC", links=("project", "paper")),
            Said("title:strainatrest", "Strain at rest", links=("paper",)),
        ),
    ),
}  # fmt: skip
