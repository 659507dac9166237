"""Invented lists, one for each way in which real ones write their papers, and what must be read from each."""

# ruff: noqa: E501 - a paper on one line is easier to compare

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Said:
    """What a list says about a paper: names and note only where the case is about them."""

    id: str
    title: str
    published: str = ""
    venue: str = ""
    links: tuple[str, ...] = ("paper",)
    authors: tuple[str, ...] | None = None
    note: str | None = None


@dataclass(frozen=True)
class Case:
    """A list below a heading that is known, its papers, and the reasons for which links are skipped."""

    text: str
    papers: tuple[Said, ...]
    skipped: tuple[str, ...] = field(default=())


CASES = {
    "a bold label groups bullets": Case(
        """\
**Workshop papers:**
* Plaques on a graph [[MIDL 2022]](https://arxiv.org/abs/2201.10001) [[code]](https://github.com/roe/plaques)
* Veins from a phone [[ISBI 2023]](https://arxiv.org/abs/2301.10002)

**2021**
* Strain at rest [[paper]](https://doi.org/10.1000/rest)
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022", "MIDL", ("paper", "code")),
            Said("arxiv:2301.10002", "Veins from a phone", "2023", "ISBI"),
            Said("doi:10.1000/rest", "Strain at rest"),
        ),
    ),
    "labelled addresses below a bold title": Case(
        """\
**Plaques on a graph**

- Paper: https://arxiv.org/abs/2201.10001
- Code (PyTorch): https://github.com/roe/plaques

**Veins from a phone**
- 論文: https://arxiv.org/abs/2301.10002
- コード: https://gitlab.com/roe/veins
- データセット: https://data.example.org/veins

**Strain at rest**
- Artículo: https://doi.org/10.1000/rest
- Código: https://github.com/roe/rest
- Proyecto: https://rest.example.org
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", links=("paper", "code")),
            Said("arxiv:2301.10002", "Veins from a phone", links=("paper", "code", "data")),
            Said("doi:10.1000/rest", "Strain at rest", links=("paper", "code", "project")),
        ),
    ),
    "a linked venue before the title": Case(
        "- [[2021-MIDL]](https://arxiv.org/abs/2101.10001) **Plaques on a graph** [:star:](https://github.com/roe/plaques)\n"
        "- [[2020-JBHI]](https://doi.org/10.1000/veins) **Veins from a phone**\n",
        (
            Said("arxiv:2101.10001", "Plaques on a graph", "2021", "MIDL", ("paper", "code")),
            Said("doi:10.1000/veins", "Veins from a phone", "2020", "JBHI"),
        ),
    ),
    "tables by the words of their header": Case(
        """\
| Paper & Code | Remarks |
| --- | --- |
| Plaques on a graph [[MIDL 2022]](https://arxiv.org/abs/2201.10001) | fast |

| Method | Paper | Dataset | Notes |
| --- | --- | --- | --- |
| **VPH** | [Veins from a hundred phones](https://arxiv.org/abs/2301.10002) | [link](https://data.example.org/veins) | small |

Year | Title | Conference | Link
--- | --- | --- | ---
2019 | Strain at rest | EMBC | [pdf](https://arxiv.org/abs/1901.10003)

| Kind | 会议 | 论文标题 | 代码 |
| :-: | :-: | :-: | :-: |
| ![a kind of badge](https://img.shields.io/badge/-kind-red) | *EMBC '18* | Beats in the dark 🌟 | [Dark](https://github.com/roe/dark) |
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022", "MIDL", note="fast"),
            Said("arxiv:2301.10002", "Veins from a hundred phones", links=("paper", "data"), note="VPH; small"),
            Said("arxiv:1901.10003", "Strain at rest", "2019", "EMBC", ("pdf",)),
            Said("title:beatsinthedark", "Beats in the dark", "2018", "EMBC", ("code",)),
        ),
        ("badge",),
    ),
    "HTML tables and lists": Case(
        """\
<table>
<tr><th>Year</th><th>Title</th><th>Venue</th><th>Code</th></tr>
<tr><td>2022</td><td><a href="https://arxiv.org/abs/2201.10001">Plaques on a graph</a></td><td>MIDL</td>
<td><a href="https://github.com/roe/plaques">GitHub</a></td></tr>
</table>
<ol>
<li><a href="https://arxiv.org/abs/2301.10002">Veins from a phone</a> (ISBI 2023)
<li><b>Strain at rest</b>, EMBC 2019, <a href="https://doi.org/10.1000/rest">paper</a></li>
</ol>
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022", "MIDL", ("paper", "code")),
            Said("arxiv:2301.10002", "Veins from a phone", "2023", "ISBI"),
            Said("doi:10.1000/rest", "Strain at rest", "2019", "EMBC"),
        ),
    ),
    "badges and images are decoration": Case(
        """\
- <img src="https://img.shields.io/badge/CT-blue" alt="CT"> **Plaques on a graph** [[paper]](https://arxiv.org/abs/2201.10001) [![Stars](https://img.shields.io/github/stars/roe/plaques)](https://github.com/roe/plaques)
- [Veins from a phone](https://arxiv.org/abs/2301.10002) ![figure](https://veins.example.org/f.png)
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", links=("paper", "code")),
            Said("arxiv:2301.10002", "Veins from a phone"),
        ),
        ("badge", "badge", "image"),
    ),
    "venue and year behind the title": Case(
        """\
* Plaques on a graph, in *MIDL* 2022, [\\[paper\\]](https://arxiv.org/abs/2201.10001)
- Veins from a phone. medrxiv 2023. [[paper](https://doi.org/10.1000/veins)]
- [Strain at rest (EMBC2019)](https://arxiv.org/abs/1901.10003)
- [Beats in the dark （TBME 2018）](https://doi.org/10.1000/dark)
- [Murmurs by mail - JBHI2021](https://doi.org/10.1000/mail)
- [Sounds of snow](https://arxiv.org/abs/2001.10004) CinC'20
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022", "MIDL"),
            Said("doi:10.1000/veins", "Veins from a phone", "2023", "medrxiv"),
            Said("arxiv:1901.10003", "Strain at rest", "2019", "EMBC"),
            Said("doi:10.1000/dark", "Beats in the dark", "2018", "TBME"),
            Said("doi:10.1000/mail", "Murmurs by mail", "2021", "JBHI"),
            Said("arxiv:2001.10004", "Sounds of snow", "2020", "CinC"),
        ),
    ),
    "a short name before the title": Case(
        """\
- **PlaqueNet**: Graphs that know their plaques [[paper](https://arxiv.org/abs/2201.10001)]
1. **"Veins from a phone."** *Eva Lind et al.* ISBI 2023. [[Paper](https://arxiv.org/abs/2301.10002)]
""",
        (
            Said("arxiv:2201.10001", "PlaqueNet: Graphs that know their plaques"),
            Said("arxiv:2301.10002", "Veins from a phone", "2023", "ISBI", authors=("Eva Lind",)),
        ),
    ),
    "what links are called": Case(
        """\
**Plaques on a graph** \\
[[MIDL 2022](https://arxiv.org/abs/2201.10001)] [[Code link](https://github.com/roe/plaques)]

- Veins from a phone [[3 May 2023]](https://arxiv.org/abs/2305.10002) [[Homepage](https://veins.example.org)]
- **Strain at rest** [[Website](https://arxiv.org/abs/1901.10003)] [[🎬 Video](https://video.example.org/rest)]
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022", "MIDL", ("paper", "code")),
            Said("arxiv:2305.10002", "Veins from a phone", "2023-05-03", links=("paper", "project")),
            Said("arxiv:1901.10003", "Strain at rest", links=("paper", "video")),
        ),
    ),
    "labelled bullets below a title": Case(
        """\
- [Plaques on a graph](https://arxiv.org/abs/2201.10001)
    - Eva Lind, Finn O'Hara
    - 📅 Date: May 3, 2022
    - 📑 Publisher: MIDL 2022
    - 🔑 Key: [graphs]
    - Code: [official](https://github.com/roe/plaques)
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022-05-03", "MIDL", ("paper", "code"), ("Eva Lind", "Finn O'Hara"), "Key: graphs"),
        ),
    ),
    "a heading as title": Case(
        """\
### • *Plaques on a graph*
- Link: https://arxiv.org/pdf/2201.10001
- 2022

### • **Veins from a phone** (2023)
*Journal of Phones*
- Paper: https://arxiv.org/abs/2301.10002
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022"),
            Said("arxiv:2301.10002", "Veins from a phone", "2023", "Journal of Phones"),
        ),
    ),
    "numbers that are no year": Case(
        "- [A thousand phones](https://data.example.org/phones) 12-lead ECG, 2019 Cases, 5 Categories\n"
        "- [Phone sounds](https://data.example.org/sounds) 1950 recordings from one city\n",
        (
            Said("title:athousandphones", "A thousand phones", note="12-lead ECG, 2019 Cases, 5 Categories"),
            Said("title:phonesounds", "Phone sounds", note="1950 recordings from one city"),
        ),
    ),
    "dates": Case(
        """\
- [Aug 2 2025] Plaques on a graph [[paper](https://arxiv.org/abs/2508.10001)]
- [Aug-2025] Veins from a phone [[paper](https://arxiv.org/abs/2508.10002)]
- [2025年8月] Strain at rest [[paper](https://arxiv.org/abs/2508.10003)]
- [202508] Beats in the dark [[paper](https://arxiv.org/abs/2508.10004)]
- [20250802] Murmurs by mail [[paper](https://arxiv.org/abs/2508.10005)]
- [18th Jan.,, 2023] Sounds of snow [[paper](https://arxiv.org/abs/2301.10006)]
- [agosto 2025] Ruidos de nieve [[artículo](https://arxiv.org/abs/2508.10007)]
""",
        (
            Said("arxiv:2508.10001", "Plaques on a graph", "2025-08-02"),
            Said("arxiv:2508.10002", "Veins from a phone", "2025-08"),
            Said("arxiv:2508.10003", "Strain at rest", "2025-08"),
            Said("arxiv:2508.10004", "Beats in the dark", "2025-08"),
            Said("arxiv:2508.10005", "Murmurs by mail", "2025-08-02"),
            Said("arxiv:2301.10006", "Sounds of snow", "2023-01-18"),
            Said("arxiv:2508.10007", "Ruidos de nieve", "2025-08"),
        ),
    ),
    "authors and remarks": Case(
        """\
**Plaques on a graph** \\
*Eva Lind, Finn O'Hara, Jo van Berg* \\
[3rd May, 2022] [MIDL, 2022] \\
[[Paper](https://arxiv.org/abs/2201.10001)]

- [Veins from a phone](https://doi.org/10.1000/veins) - Eva Lind and Jo van Berg, *Phone Letters*, 2023. - One phone is enough.
- Eva Lind,Jo van Berg. **"Strain at rest"** | [[PDF]](https://open.example.org/rest.pdf)
1. Lind, E., & Berg, J. (2018). Beats in the dark. *Phone Letters*, 2(1), 4-6. https://doi.org/10.1000/dark
2. E. Lind, J. Berg, "Murmurs by mail," IEEE Trans. Phones, vol. 4, no. 2, pp. 1-9, 2021. [link](https://doi.org/10.1000/mail)
3. Sounds of snow, Eva Lind, Jo van Berg, CinC 2020, https://arxiv.org/abs/2001.10006
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022-05-03", "MIDL", authors=("Eva Lind", "Finn O'Hara", "Jo van Berg")),
            Said("doi:10.1000/veins", "Veins from a phone", "2023", "Phone Letters", authors=("Eva Lind", "Jo van Berg"), note="One phone is enough"),
            Said("title:strainatrest", "Strain at rest", links=("pdf",), authors=("Eva Lind", "Jo van Berg")),
            Said("doi:10.1000/dark", "Beats in the dark", "2018", "Phone Letters", authors=("E. Lind", "J. Berg")),
            Said("doi:10.1000/mail", "Murmurs by mail", "2021", "IEEE Trans. Phones", authors=("E. Lind", "J. Berg")),
            Said("arxiv:2001.10006", "Sounds of snow", "2020", "CinC", authors=("Eva Lind", "Jo van Berg")),
        ),
    ),
    "an empty heading ends a section": Case(
        """\
- **Plaques on a graph** [[Paper](https://arxiv.org/abs/2201.10001)]
##
<p><a href="https://society.example.org/"><img src="https://society.example.org/logo.png"/></a></p>

See also [our society](https://society.example.org/join).
""",
        (Said("arxiv:2201.10001", "Plaques on a graph"),),
        ("image", "image", "text"),
    ),
    "reference links": Case(
        """\
- [Plaques on a graph][p] (MIDL 2022) [code][1]

[p]: https://arxiv.org/abs/2201.10001
[1]: https://github.com/roe/plaques "code"
[unused]: https://unused.example.org
""",
        (Said("arxiv:2201.10001", "Plaques on a graph", "2022", "MIDL", ("paper", "code")),),
        ("definition without a use",),
    ),
    "bullets that group, and links further in": Case(
        """\
- Graphs
  - [Plaques on a graph](https://arxiv.org/abs/2201.10001)
  - [Veins from a phone](https://arxiv.org/abs/2301.10002)

    \t[[code]](https://github.com/roe/veins)
- [Strain at rest](https://arxiv.org/abs/1901.10003)
  - [Beats in the dark, a sequel](https://arxiv.org/abs/1801.10004)
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph"),
            Said("arxiv:2301.10002", "Veins from a phone", links=("paper", "code")),
            Said("arxiv:1901.10003", "Strain at rest"),
            Said("arxiv:1801.10004", "Beats in the dark, a sequel"),
        ),
    ),
    "navigation is no paper": Case(
        """\
[graphs (12)](https://x.example.org/?key=graphs) · [phones (7)](https://x.example.org/?key=phones)

- MIDL 2027: [submission deadline](https://midl.example.org), 3 May
- [Back to top](#top)
- [Plaques on a graph](https://arxiv.org/abs/2201.10001)
""",
        (Said("arxiv:2201.10001", "Plaques on a graph"),),
        ("navigation", "navigation", "navigation", "navigation"),
    ),
    "details, quotes, strike marks, one-word names": Case(
        """\
<details><summary><b>2022</b></summary>

- **Plaques on a graph**, MIDL 2022. [[paper]](https://arxiv.org/abs/2201.10001)

</details>

> **Veins from a phone** [2023] [ISBI]
> [[Paper](https://arxiv.org/abs/2301.10002)]

- ~~[Strain at rest](https://arxiv.org/abs/1901.10003)~~ (withdrawn)
- 🔥 **Beats in the dark** 🎉 [2018] [[📄 Paper](https://arxiv.org/abs/1801.10004)]
* VEIN [\\[link\\]](https://data.example.org/vein)
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022", "MIDL"),
            Said("arxiv:2301.10002", "Veins from a phone", "2023", "ISBI"),
            Said("arxiv:1901.10003", "Strain at rest", note="withdrawn"),
            Said("arxiv:1801.10004", "Beats in the dark", "2018"),
            Said("title:vein", "VEIN"),
        ),
    ),
    "titles that are alike": Case(
        f"""\
- **A challenge of phones** [2022] [[Paper](https://arxiv.org/abs/2201.10001)]
- **A challenge of phones** [2023] [[Paper](https://arxiv.org/abs/2301.10002)]
- **{"Long words " * 8}, part I** [[Paper](https://e.example.org/1)]
- **{"Long words " * 8}, part III** [[Paper](https://e.example.org/3)]
""",
        (
            Said("arxiv:2201.10001", "A challenge of phones", "2022"),
            Said("arxiv:2301.10002", "A challenge of phones", "2023"),
            Said(f"title:{'longwords' * 6}longwo", f"{'Long words ' * 8}, part I"),
            Said(f"title:{'longwords' * 6}longwo~2", f"{'Long words ' * 8}, part III"),
        ),
    ),
    "short names, code spans, and years in labels": Case(
        """\
- [VeinNet] Veins from a phone [[pdf]](https://arxiv.org/abs/2301.10002)
- `2022-01-05` Plaques on a graph :fire: [[paper](https://arxiv.org/abs/2201.10001)]
- A challenge of phones [[2019]](https://arxiv.org/abs/1901.10005) [[HF]](https://huggingface.co/roe/phones)
- Vein 2000: a set of 2000 veins [[paper](https://arxiv.org/abs/2001.10006)]
""",
        (
            Said("arxiv:2301.10002", "Veins from a phone", links=("pdf",), note="VeinNet"),
            Said("arxiv:2201.10001", "Plaques on a graph", "2022-01-05", note=""),
            Said("arxiv:1901.10005", "A challenge of phones", "2019", links=("paper", "model")),
            Said("arxiv:2001.10006", "Vein 2000: a set of 2000 veins"),
        ),
    ),
    "headings that are titles and have the links": Case(
        """\
### Plaques on a graph [[paper]](https://arxiv.org/abs/2201.10001) [[code]](https://github.com/roe/plaques)
Ann Dee, Bob Poe. MIDL 2022.

### 2. Veins from a phone (ISBI 2023)
* Paper link: <https://arxiv.org/abs/2301.10002>
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", "2022", "MIDL", ("paper", "code"), ("Ann Dee", "Bob Poe")),
            Said("arxiv:2301.10002", "Veins from a phone", "2023", "ISBI"),
        ),
    ),
    "groups in groups, and paragraphs below a label": Case(
        """\
- Phones
  - 2022
    - [Plaques on a graph](https://arxiv.org/abs/2201.10001)
      - [code](https://github.com/roe/plaques)
    - [Veins from a phone](https://arxiv.org/abs/2301.10002)

**Surveys**

[Strain at rest, surveyed](https://doi.org/10.1000/rest), MedIA 2019.

[Beats in the dark](https://arxiv.org/abs/1801.10004), TMI 2018.
""",
        (
            Said("arxiv:2201.10001", "Plaques on a graph", links=("paper", "code")),
            Said("arxiv:2301.10002", "Veins from a phone"),
            Said("doi:10.1000/rest", "Strain at rest, surveyed", "2019", "MedIA"),
            Said("arxiv:1801.10004", "Beats in the dark", "2018", "TMI"),
        ),
    ),
    "places before and behind titles, and what titles end with": Case(
        """\
- CVPR 2023: Plaques on a graph [[paper]](https://arxiv.org/abs/2301.10001)
- TMI'22 | Veins from a phone | [paper](https://arxiv.org/abs/2201.10002)
- Is strain at rest solved? [paper](https://arxiv.org/abs/2101.10003)
- Beats in the dark (A. Dee, B. Poe, 2018) [paper](https://arxiv.org/abs/1801.10004)
- 【MIDL 2021】Walls without labels [[链接]](https://arxiv.org/abs/2101.10005)
- **Sounds of valves**<br>*IEEE TMI*, Jan 2022.<br>[Paper](https://arxiv.org/abs/2201.10006)
- A challenge of phones [[CVPR 2023 (Highlight)](https://papers.example.org/phones)]
""",
        (
            Said("arxiv:2301.10001", "Plaques on a graph", "2023", "CVPR"),
            Said("arxiv:2201.10002", "Veins from a phone", "2022", "TMI"),
            Said("arxiv:2101.10003", "Is strain at rest solved?"),
            Said("arxiv:1801.10004", "Beats in the dark", "2018", authors=("A. Dee", "B. Poe")),
            Said("arxiv:2101.10005", "Walls without labels", "2021", "MIDL"),
            Said("arxiv:2201.10006", "Sounds of valves", "2022-01", "IEEE TMI"),
            Said("title:achallengeofphones", "A challenge of phones", "2023", "CVPR", note="Highlight"),
        ),
    ),
    "bare addresses below a title": Case(
        """\
**Plaques on a graph**

https://arxiv.org/abs/2201.10001

https://github.com/roe/plaques
""",
        (Said("arxiv:2201.10001", "Plaques on a graph", links=("paper", "code")),),
    ),
}  # fmt: skip
