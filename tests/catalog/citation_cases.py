"""More invented lists: how authors, journals and years are written, in Latin and in eastern scripts."""

# ruff: noqa: E501 - a paper on one line is easier to compare

from .list_cases import Case, Said

CITATION_CASES = {
    "names in Chinese, Japanese and Korean alone": Case(
        """\
- [Plaques on a graph](https://arxiv.org/abs/2201.00001), 张三, 李四
- [Veins from a phone](https://arxiv.org/abs/2201.00002) 欧阳小丽、李四. MICCAI 2022
- **Strain at rest** 山田太郎 [論文](https://arxiv.org/abs/2201.00003)
- 心脏分割综述 张三、李四 [论文](https://arxiv.org/abs/2201.00004)
- 心电图的自监督学习（张三，李四，2022） [论文](https://arxiv.org/abs/2201.00005)
- 张三、李四：心脏磁共振重建新方法 [论文](https://arxiv.org/abs/2201.00006)
- 张三, 李四. 瓣膜超声的自动测量. 中华心血管病杂志, 2022. [论文](https://arxiv.org/abs/2201.00007)
- [Beats in the dark](https://arxiv.org/abs/2201.00008) - 佐々木健太郎, *MIDL* 2021
- [Walls without labels](https://arxiv.org/abs/2201.00009)
  - 김철수
  - MICCAI 2021
- **심장 분할**, 남궁민수 외, 2021 [논문](https://arxiv.org/abs/2201.00010)
- 山田太郎 (2021). Sounds of valves. Heart Notes. https://doi.org/10.1000/walls
- [左心室, 图像](https://arxiv.org/abs/2201.00012) 高血压

### Murmurs by mail
王小丽
[paper](https://arxiv.org/abs/2201.00013)
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", authors=("张三", "李四"), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2022", venue="MICCAI", authors=("欧阳小丽", "李四"), note=""),
            Said("arxiv:2201.00003", "Strain at rest", authors=("山田太郎",), note=""),
            Said("arxiv:2201.00004", "心脏分割综述", authors=("张三", "李四"), note=""),
            Said("arxiv:2201.00005", "心电图的自监督学习", published="2022", authors=("张三", "李四"), note=""),
            Said("arxiv:2201.00006", "心脏磁共振重建新方法", authors=("张三", "李四"), note=""),
            Said("arxiv:2201.00007", "瓣膜超声的自动测量", published="2022", venue="中华心血管病杂志", authors=("张三", "李四"), note=""),
            Said("arxiv:2201.00008", "Beats in the dark", published="2021", venue="MIDL", authors=("佐々木健太郎",), note=""),
            Said("arxiv:2201.00009", "Walls without labels", published="2021", venue="MICCAI", authors=("김철수",), note=""),
            Said("arxiv:2201.00010", "심장 분할", published="2021", authors=("남궁민수",), note=""),
            Said("doi:10.1000/walls", "Sounds of valves", published="2021", venue="Heart Notes", authors=("山田太郎",), note=""),
            Said("arxiv:2201.00012", "左心室, 图像", authors=(), note="高血压"),
            Said("arxiv:2201.00013", "Murmurs by mail", authors=("王小丽",), note=""),
        ),
    ),
    "journals with a year": Case(
        """\
- [Plaques on a graph](https://arxiv.org/abs/2201.00001), J Heart 2019
- Veins from a phone. Rev Cardiol 2020. [paper](https://arxiv.org/abs/2201.00002)
- **Strain at rest** Nat. Commun. [paper](https://arxiv.org/abs/2201.00003)
- **Beats in the dark** *Eur Heart J* 2021;42:100 [paper](https://arxiv.org/abs/2201.00004)
- Walls without labels. *Eur Heart J* 2021;42(3):100-110. [paper](https://arxiv.org/abs/2201.00005)
- **Sounds of valves**, 计算机学报 2021年 [论文](https://arxiv.org/abs/2201.00006)
- **Murmurs by mail** 《生物医学工程学杂志》2022年第3期 [论文](https://arxiv.org/abs/2201.00007)
- [Septa from two views](https://arxiv.org/abs/2201.00008) [Nat Med 2020]
- Leaflets in one pass, Eur. Heart J., 2021, [paper](https://arxiv.org/abs/2201.00009)
- **Chambers counted slowly**, *npj Digit. Med.* (2021) [paper](https://arxiv.org/abs/2201.00010)
- **Chambers counted fast** | Europace 2019 | [paper](https://arxiv.org/abs/2201.00011)
- **Rhythms by day** (대한심장학회지 2020) [논문](https://arxiv.org/abs/2201.00012)

| Title | Venue | Paper |
|---|---|---|
| Rhythms at night | *Eur Heart J* 2021;42:100 | [pdf](https://arxiv.org/abs/2201.00013) |
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", published="2019", venue="J Heart", authors=(), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2020", venue="Rev Cardiol", authors=(), note=""),
            Said("arxiv:2201.00003", "Strain at rest", venue="Nat. Commun.", authors=(), note=""),
            Said("arxiv:2201.00004", "Beats in the dark", published="2021", venue="Eur Heart J", authors=(), note=""),
            Said("arxiv:2201.00005", "Walls without labels", published="2021", venue="Eur Heart J", authors=(), note=""),
            Said("arxiv:2201.00006", "Sounds of valves", published="2021", venue="计算机学报", authors=(), note=""),
            Said("arxiv:2201.00007", "Murmurs by mail", published="2022", venue="生物医学工程学杂志", authors=(), note=""),
            Said("arxiv:2201.00008", "Septa from two views", published="2020", venue="Nat Med", authors=(), note=""),
            Said("arxiv:2201.00009", "Leaflets in one pass", published="2021", venue="Eur. Heart J.", authors=(), note=""),
            Said("arxiv:2201.00010", "Chambers counted slowly", published="2021", venue="npj Digit. Med.", authors=(), note=""),
            Said("arxiv:2201.00011", "Chambers counted fast", published="2019", venue="Europace", authors=(), note=""),
            Said("arxiv:2201.00012", "Rhythms by day", published="2020", venue="대한심장학회지", authors=(), note=""),
            Said("arxiv:2201.00013", "Rhythms at night", published="2021", venue="Eur Heart J", authors=(), note=""),
        ),
    ),
    "brackets of Chinese and Japanese in titles": Case(
        """\
- 【Nature 2023】Plaques on a graph [paper](https://arxiv.org/abs/2201.00001)
- [Veins 【of legs】 from a phone](https://arxiv.org/abs/2201.00002)
- 心脏〔左心室〕分割方法 【[论文](https://arxiv.org/abs/2201.00003)】【[代码](https://github.com/a/b)】
- [【MICCAI 2023】Strain at rest](https://arxiv.org/abs/2201.00004)
- [【综述】瓣膜超声的自动测量](https://arxiv.org/abs/2201.00005)
- 深層学習による「心電図の自己教師あり学習」の分類 [論文](https://arxiv.org/abs/2201.00006)
- 「Beats in the dark」 [paper](https://arxiv.org/abs/2201.00007)
- 瓣膜分割【EHJ 2021】 [论文](https://arxiv.org/abs/2201.00008)

### 心脏【左心室】分割方法研究
- [论文](https://arxiv.org/abs/2201.00009)
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", published="2023", venue="Nature", authors=(), note=""),
            Said("arxiv:2201.00002", "Veins 【of legs】 from a phone", authors=(), note=""),
            Said("arxiv:2201.00003", "心脏〔左心室〕分割方法", links=("paper", "code"), authors=(), note=""),
            Said("arxiv:2201.00004", "Strain at rest", published="2023", venue="MICCAI", authors=(), note=""),
            Said("arxiv:2201.00005", "【综述】瓣膜超声的自动测量", authors=(), note=""),
            Said("arxiv:2201.00006", "深層学習による「心電図の自己教師あり学習」の分類", authors=(), note=""),
            Said("arxiv:2201.00007", "Beats in the dark", authors=(), note=""),
            Said("arxiv:2201.00008", "瓣膜分割", published="2021", venue="EHJ", authors=(), note=""),
            Said("arxiv:2201.00009", "心脏【左心室】分割方法研究", authors=(), note=""),
        ),
    ),
    "parts between bars, points and dashes": Case(
        """\
2023.05 | Nat. Commun. | Plaques on a graph [paper](https://arxiv.org/abs/2201.00001) [code](https://github.com/a/b)
2022.04 | MICCAI | Veins from a phone | [paper](https://arxiv.org/abs/2201.00002)

- Nat. Commun. | 2023.05 | Strain at rest | [paper](https://arxiv.org/abs/2201.00003) | [code](https://github.com/a/c)
- 2023.05 · Nat. Commun. · Beats in the dark [paper](https://arxiv.org/abs/2201.00004)
- 2023.05 - Nat. Commun. - Walls without labels [paper](https://arxiv.org/abs/2201.00005)
- MICCAI - 2023 - Sounds of valves - [paper](https://arxiv.org/abs/2201.00006)
- 2023.05 | Ann Dee, Bob Poe | Murmurs by mail | JACC | [paper](https://arxiv.org/abs/2201.00007)
- Septa from two views · Ann Dee, Bob Poe · Nat. Commun. · 2023 · [paper](https://arxiv.org/abs/2201.00008)
- [paper](https://arxiv.org/abs/2201.00009) | 2023.05 | MICCAI | Leaflets in one pass
- EHJ | Chambers counted slowly | 2023 | [paper](https://arxiv.org/abs/2201.00010)
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", published="2023-05", venue="Nat. Commun.", links=("paper", "code"), authors=(), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2022-04", venue="MICCAI", authors=(), note=""),
            Said("arxiv:2201.00003", "Strain at rest", published="2023-05", venue="Nat. Commun.", links=("paper", "code"), authors=(), note=""),
            Said("arxiv:2201.00004", "Beats in the dark", published="2023-05", venue="Nat. Commun.", authors=(), note=""),
            Said("arxiv:2201.00005", "Walls without labels", published="2023-05", venue="Nat. Commun.", authors=(), note=""),
            Said("arxiv:2201.00006", "Sounds of valves", published="2023", venue="MICCAI", authors=(), note=""),
            Said("arxiv:2201.00007", "Murmurs by mail", published="2023-05", venue="JACC", authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00008", "Septa from two views", published="2023", venue="Nat. Commun.", authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00009", "Leaflets in one pass", published="2023-05", venue="MICCAI", authors=(), note=""),
            Said("arxiv:2201.00010", "Chambers counted slowly", published="2023", venue="EHJ", authors=(), note=""),
        ),
    ),
    "marks and badges before the venue": Case(
        """\
:fire: **[EHJ 2023]** Plaques on a graph [[paper]](https://arxiv.org/abs/2201.00001)
:star: **[Eur Heart J 2022]** Veins from a phone [[paper]](https://arxiv.org/abs/2201.00002)

- ⭐️ [EHJ 2023] [Strain at rest](https://arxiv.org/abs/2201.00003)
- ![](https://img.shields.io/badge/new-red) **[EHJ 2023]** Beats in the dark [[paper]](https://arxiv.org/abs/2201.00004)
- 🔥 **[EHJ 2023, Oral]** Walls without labels [[paper]](https://arxiv.org/abs/2201.00005)
- [![x](https://img.shields.io/badge/new-red)](https://arxiv.org/abs/2201.00006) **[EHJ 2023]** Sounds of valves
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", published="2023", venue="EHJ", authors=(), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2022", venue="Eur Heart J", authors=(), note=""),
            Said("arxiv:2201.00003", "Strain at rest", published="2023", venue="EHJ", authors=(), note=""),
            Said("arxiv:2201.00004", "Beats in the dark", published="2023", venue="EHJ", authors=(), note=""),
            Said("arxiv:2201.00005", "Walls without labels", published="2023", venue="EHJ", authors=(), note="Oral"),
            Said("arxiv:2201.00006", "Sounds of valves", published="2023", venue="EHJ", authors=(), note=""),
        ),
        ("badge", "badge"),
    ),
    "lines in cells": Case(
        """\
| Venue | Title | Authors | Paper |
|---|---|---|---|
| MICCAI<br>2021 | Plaques without<br/>Any Graph | Ann Dee,<br>Bob Poe | [pdf](https://arxiv.org/abs/2201.00001) |
| 2021<br/>MICCAI | Veins from<br>a phone | Ann Dee<br/>Bob van Poe<br/>Cy Roe | [pdf](https://arxiv.org/abs/2201.00002) |
| CVPR<br>2022.05 | [Strain of<br>Some Hearts](https://arxiv.org/abs/2201.00003) | Ann Dee<br>et al. | [code](https://github.com/a/b) |

| Paper | Links |
|---|---|
| **Beats in the dark**<br>Ann Dee, Bob Poe<br>MICCAI 2021 | [pdf](https://arxiv.org/abs/2201.00004) |
| Walls of glass<br>*Ann Dee*<br>MICCAI, 2021 | [pdf](https://arxiv.org/abs/2201.00005) |

| Date | Title | Paper |
|---|---|---|
| May<br>2021 | Sounds of<br>Valves | [pdf](https://arxiv.org/abs/2201.00006) |
""",
        (
            Said("arxiv:2201.00001", "Plaques without Any Graph", published="2021", venue="MICCAI", authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2021", venue="MICCAI", authors=("Ann Dee", "Bob van Poe", "Cy Roe"), note=""),
            Said("arxiv:2201.00003", "Strain of Some Hearts", published="2022-05", venue="CVPR", links=("paper", "code"), authors=("Ann Dee",), note=""),
            Said("arxiv:2201.00004", "Beats in the dark", published="2021", venue="MICCAI", links=("pdf",), authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00005", "Walls of glass", published="2021", venue="MICCAI", links=("pdf",), authors=("Ann Dee",), note=""),
            Said("arxiv:2201.00006", "Sounds of Valves", published="2021-05", authors=(), note=""),
        ),
    ),
    "families before given names, and a venue in italics": Case(
        """\
- **Plaques on a graph** Müller, K., Schmidt, P. *J Heart* 2019 [paper](https://arxiv.org/abs/2201.00001)
- [Veins from a phone](https://arxiv.org/abs/2201.00002) - Müller, K., Schmidt, P. & Ortiz, J. *J Heart*, 2019
- Müller, K., Schmidt, P. Strain at rest. *J Heart* 2019. [paper](https://arxiv.org/abs/2201.00003)
- [Beats in the dark](https://arxiv.org/abs/2201.00004)
  - Müller, K., de Vries, P. A. *J Heart* **12**, 100–110 (2019)
- [Walls without labels](https://arxiv.org/abs/2201.00005), Müller, K. *J Heart* 2019
- [Sounds of valves](https://arxiv.org/abs/2201.00006) Müller, K.; Schmidt, P. *J Heart* 2019
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", published="2019", venue="J Heart", authors=("K. Müller", "P. Schmidt"), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2019", venue="J Heart", authors=("K. Müller", "P. Schmidt", "J. Ortiz"), note=""),
            Said("arxiv:2201.00003", "Strain at rest", published="2019", venue="J Heart", authors=("K. Müller", "P. Schmidt"), note=""),
            Said("arxiv:2201.00004", "Beats in the dark", published="2019", venue="J Heart", authors=("K. Müller", "P. A. de Vries"), note=""),
            Said("arxiv:2201.00005", "Walls without labels", published="2019", venue="J Heart", authors=("K. Müller",), note=""),
            Said("arxiv:2201.00006", "Sounds of valves", published="2019", venue="J Heart", authors=("K. Müller", "P. Schmidt"), note=""),
        ),
    ),
    "author and year in brackets": Case(
        """\
- [Plaques on a graph](https://arxiv.org/abs/2201.00001) (García, 2021)
- [Veins from a phone (García et al., 2021)](https://arxiv.org/abs/2201.00002)
- Strain at rest (García et al. 2021). [paper](https://arxiv.org/abs/2201.00003)
- **Beats in the dark (García and Ortiz, 2021)** [paper](https://arxiv.org/abs/2201.00004)
- Walls without labels (van den Berg et al., 2021a) [paper](https://arxiv.org/abs/2201.00005)
- (García et al., 2021) Sounds of valves [paper](https://arxiv.org/abs/2201.00006)
- Murmurs by mail (García et al., MICCAI 2021) [paper](https://arxiv.org/abs/2201.00007)
- Septa from two views（王小丽等，2021）[paper](https://arxiv.org/abs/2201.00008)
- [García et al., 2021](https://arxiv.org/abs/2201.00009) Leaflets in one pass
- Chambers counted (García, 2021): a study of hearts [paper](https://arxiv.org/abs/2201.00010)
- Chambers counted fast (Europace, 2021) [paper](https://arxiv.org/abs/2201.00011)

### Rhythms by day (García et al., 2021)
- [paper](https://arxiv.org/abs/2201.00012)
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", published="2021", authors=("García",), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2021", authors=("García",), note=""),
            Said("arxiv:2201.00003", "Strain at rest", published="2021", authors=("García",), note=""),
            Said("arxiv:2201.00004", "Beats in the dark", published="2021", authors=("García", "Ortiz"), note=""),
            Said("arxiv:2201.00005", "Walls without labels", published="2021", authors=("van den Berg",), note=""),
            Said("arxiv:2201.00006", "Sounds of valves", published="2021", authors=("García",), note=""),
            Said("arxiv:2201.00007", "Murmurs by mail", published="2021", venue="MICCAI", authors=("García",), note=""),
            Said("arxiv:2201.00008", "Septa from two views", published="2021", authors=("王小丽",), note=""),
            Said("arxiv:2201.00009", "Leaflets in one pass", published="2021", authors=("García",), note=""),
            Said("arxiv:2201.00010", "Chambers counted: a study of hearts", published="2021", authors=("García",), note=""),
            Said("arxiv:2201.00011", "Chambers counted fast", published="2021", venue="Europace", authors=(), note=""),
            Said("arxiv:2201.00012", "Rhythms by day", published="2021", authors=("García",), note=""),
        ),
    ),
    "authors behind the word by": Case(
        """\
- "Plaques on a graph", by Bob Poe [paper](https://arxiv.org/abs/2201.00001)
- Veins from a phone by Alice Roe and Bob Poe [paper](https://arxiv.org/abs/2201.00002)
- [Strain at rest by Alice Roe and Bob Poe](https://arxiv.org/abs/2201.00003)
- **Beats in the dark** by Alice Roe et al., MICCAI 2021 [paper](https://arxiv.org/abs/2201.00004)
- Segmentation by Markov Random Fields [paper](https://arxiv.org/abs/2201.00005)
- Walls found by deep learning [paper](https://arxiv.org/abs/2201.00006)
- *Sounds of valves* by 王小丽 [paper](https://arxiv.org/abs/2201.00007)
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", authors=("Bob Poe",), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", authors=("Alice Roe", "Bob Poe"), note=""),
            Said("arxiv:2201.00003", "Strain at rest", authors=("Alice Roe", "Bob Poe"), note=""),
            Said("arxiv:2201.00004", "Beats in the dark", published="2021", venue="MICCAI", authors=("Alice Roe",), note=""),
            Said("arxiv:2201.00005", "Segmentation by Markov Random Fields", authors=(), note=""),
            Said("arxiv:2201.00006", "Walls found by deep learning", authors=(), note=""),
            Said("arxiv:2201.00007", "Sounds of valves", authors=("王小丽",), note=""),
        ),
    ),
    "data sets and what they hold": Case(
        """\
- [CPSC2018](https://cpsc.example.org), 6,877 recordings
- [CinC 2017](https://cinc.example.org) (8,528 recordings, 4 classes)
- [PTB-XL](https://physionet.org/content/ptb-xl) - 21,837 recordings [[paper](https://doi.org/10.1000/ptb)]
- CPSC2019: 2,000 recordings, [site](https://cpsc9.example.org)
- [MIDL 2021](https://arxiv.org/abs/2101.00001) 3D plaques on a graph
""",
        (
            Said("title:cpsc2018", "CPSC2018", links=("project",), authors=(), note="6,877 recordings"),
            Said("title:cinc2017", "CinC 2017", links=("project",), authors=(), note="8,528 recordings, 4 classes"),
            Said("doi:10.1000/ptb", "PTB-XL", links=("data", "paper"), authors=(), note="21,837 recordings"),
            Said("title:cpsc2019", "CPSC2019", links=("project",), authors=(), note="2,000 recordings"),
            Said("arxiv:2101.00001", "3D plaques on a graph", published="2021", venue="MIDL", authors=(), note=""),
        ),
    ),
    "headings, and authors and links below them": Case(
        """\
### Plaques on a graph
Ann Dee¹, Bob Poe² — *Eur Heart J* 2021;42:100 — [paper](https://arxiv.org/abs/2201.00001)

### Veins from a phone
Ann Dee, Bob Poe (MICCAI 2021)

[paper](https://arxiv.org/abs/2201.00002), [code](https://github.com/a/b)

We show that veins need no phone at all.

### WallNet
Ann Dee, Bob Poe, University of Hearts
[paper](https://arxiv.org/abs/2201.00003)

### Strain at rest
Published in MICCAI 2021 by Ann Dee and Bob Poe.
[paper](https://arxiv.org/abs/2201.00004) | [code](https://github.com/a/c)

### Sounds of valves
张三, 李四, 中华心血管病杂志 2021
[论文](https://arxiv.org/abs/2201.00005)
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", published="2021", venue="Eur Heart J", authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2021", venue="MICCAI", links=("paper", "code"), authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00003", "WallNet", authors=("Ann Dee", "Bob Poe"), note="University of Hearts"),
            Said("arxiv:2201.00004", "Strain at rest", published="2021", venue="MICCAI", links=("paper", "code"), authors=("Ann Dee", "Bob Poe"), note=""),
            Said("arxiv:2201.00005", "Sounds of valves", published="2021", venue="中华心血管病杂志", authors=("张三", "李四"), note=""),
        ),
    ),
    "links in footnotes": Case(
        """\
- Plaques on a graph[^1]
- **Veins from a phone**[^a], MICCAI 2021
- [Strain at rest](https://arxiv.org/abs/2201.00003)[^both]
- [Beats in the dark](https://arxiv.org/abs/2201.00004)[^both][^code]

| Title | Year |
|---|---|
| Walls without labels[^5] | 2021 |

### Sounds of valves[^6]
Ann Dee, Bob Poe, MICCAI 2021

A sentence that only cites a note[^7].

[^1]: https://doi.org/10.1000/plaques
[^a]: Ann Dee. https://arxiv.org/abs/2201.00002
[^both]: https://github.com/a/both
[^code]: Code: [here](https://github.com/a/beats), and see https://blog.example.org
[^5]: <https://doi.org/10.1000/walls>
[^6]: [paper](https://doi.org/10.1000/valves)
[^7]: https://doi.org/10.1000/cited
[^8]: https://doi.org/10.1000/nobody
""",
        (
            Said("doi:10.1000/plaques", "Plaques on a graph", authors=(), note=""),
            Said("arxiv:2201.00002", "Veins from a phone", published="2021", venue="MICCAI", authors=(), note=""),
            Said("arxiv:2201.00003", "Strain at rest", authors=(), note=""),
            Said("arxiv:2201.00004", "Beats in the dark", links=("paper", "code"), authors=(), note=""),
            Said("doi:10.1000/walls", "Walls without labels", published="2021", authors=(), note=""),
            Said("doi:10.1000/valves", "Sounds of valves", published="2021", venue="MICCAI", authors=("Ann Dee", "Bob Poe"), note=""),
        ),
        ("footnote", "footnote", "footnote", "footnote"),
    ),
    "where a paper was presented": Case(
        """\
- [Plaques on a graph](https://arxiv.org/abs/2201.00001) (Lisbon, 2021)
- Veins from a phone (in Vienna, 2018) [paper](https://arxiv.org/abs/2201.00002)
- [Strain at rest (San Diego, CA, USA, 2019)](https://arxiv.org/abs/2201.00003)
- <i>Ann Dee</i>: **Beats in the dark** [Heart Notes, 2022](https://doi.org/10.1000/dark) [page](https://dark.example.org)
- Dee, A. (2021). Walls without labels. *Heart Notes*, 3(2), 1-10. https://doi.org/10.1000/walls
- Dee, A. & Poe, B. (2020). Sounds of valves, part 7. *Heart Notes*, 3(2), 1-10. https://doi.org/10.1000/valves
""",
        (
            Said("arxiv:2201.00001", "Plaques on a graph", "2021", authors=(), note="Lisbon"),
            Said("arxiv:2201.00002", "Veins from a phone", "2018", authors=(), note="Vienna"),
            Said("arxiv:2201.00003", "Strain at rest", "2019", authors=(), note="San Diego, CA, USA"),
            Said("doi:10.1000/dark", "Beats in the dark", "2022", "Heart Notes", ("paper", "project"), ("Ann Dee",), ""),
            Said("doi:10.1000/walls", "Walls without labels", "2021", "Heart Notes", authors=("A. Dee",), note=""),
            Said("doi:10.1000/valves", "Sounds of valves, part 7", "2020", "Heart Notes", authors=("A. Dee", "B. Poe")),
        ),
    ),
    "identifiers in words and on pages of others": Case(
        """\
- **Plaques on a graph** CoRR abs/2101.00001
- Veins from a phone. arXiv preprint 2101.00002 (2021).
- **Strain at rest** CoRR abs/cs/0601001
- Beats in the dark. doi:10.1175/1520-0493(1998)126<0001:XYZ>2.0.CO;2
- **Walls without labels** https://www.alphaxiv.org/abs/2101.00003 https://huggingface.co/papers/2101.00003
""",
        (
            Said("arxiv:2101.00001", "Plaques on a graph", venue="CoRR"),
            Said("arxiv:2101.00002", "Veins from a phone", "2021"),
            Said("arxiv:cs/0601001", "Strain at rest", venue="CoRR"),
            Said("doi:10.1175/1520-0493(1998)126<0001:xyz>2.0.co;2", "Beats in the dark"),
            Said("arxiv:2101.00003", "Walls without labels", links=("paper", "paper-2")),
        ),
    ),
}  # fmt: skip
