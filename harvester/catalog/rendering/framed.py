"""The public list in the form that was learned from another: its own text, with the papers of the catalog in it."""

from collections.abc import Iterable, Sequence

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.form.frame import Rest, Run, Text
from harvester.catalog.form.item import ItemForm
from harvester.catalog.form.learned import ListForm
from harvester.catalog.form.rendered import Shown, arranged, gaps, render_papers
from harvester.catalog.rendering.pages import MARKER, PAGE_LIMIT, PAGES, in_parts


def render_framed(form: ListForm, entries: Iterable[Entry], taxonomy: Taxonomy, readme: str) -> dict[str, str]:
    """The list's files by name: `readme`, and if that would be too long, the pages it links to.

    Raises:
        CatalogError: a mark of the frame names a form or label that there is not.
    """
    shown = arranged(form, entries, taxonomy)
    forms = [form.forms[one.run.form] for one in shown]
    papers = list(map(render_papers, shown, forms))
    whole = _page(form, list(map(_spaced, papers, map(gaps, shown, forms))))
    if len(whole.encode()) <= PAGE_LIMIT:
        return {readme: whole}
    files: dict[str, str] = {}
    links = [_moved(one, its, texts, files, readme) for one, its, texts in zip(shown, forms, papers, strict=True)]
    return {readme: _page(form, links, paged=True)} | {name: _ended(text, form) for name, text in files.items()}


def _page(form: ListForm, contents: Sequence[Sequence[str]], *, paged: bool = False) -> str:
    """The frame with these lines in place of its marks."""
    lines: list[str] = []
    rest = iter(contents)
    emptied = opened = False
    for block in form.frame:
        if isinstance(block, Text):
            text = block.lines
            if emptied and not text[0] and not "".join(lines[-1:]):
                text = text[1:]
            lines += [""] if opened and text and text[0] else []
            lines += text
            emptied = opened = False
            continue
        content = next(rest)
        had = isinstance(block, Run) and bool(block.items)
        emptied = had and not content
        if content and (not had or paged):
            opened = True
            content = _opened(lines, block, form.forms[block.form], content, paged=paged)
        lines += content
    return _ended("\n".join(lines), form)


def _opened(
    lines: Sequence[str], block: Run | Rest, form: ItemForm, content: Sequence[str], *, paged: bool
) -> list[str]:
    """What goes where the list has no paper yet: a heading or the head of a table if it lacks it, set apart."""
    head = form.head.split("\n") if form.head and not paged else []
    if head and list(lines[-len(head) :]) == head:
        return list(content)
    heading = [block.heading, ""] if isinstance(block, Rest) else []
    return [*([""] if "".join(lines[-1:]) else []), *heading, *head, *content]


def _spaced(papers: Sequence[str], blanks: Sequence[int]) -> list[str]:
    return [line for paper, blank in zip(papers, blanks, strict=True) for line in (*[""] * blank, *paper.split("\n"))]


def _moved(shown: Shown, form: ItemForm, papers: Sequence[str], files: dict[str, str], readme: str) -> list[str]:
    """The links to pages with these papers, which are added to `files`."""
    labels = [label for _, label in shown.run.labels] if isinstance(shown.run, Run) else []
    year = [f"{shown.run.year}"] if isinstance(shown.run, Run) and shown.run.year else []
    stem = "-".join([*labels, *year]) or "papers"
    links = []
    for part in in_parts(papers):
        number = next(n for n in range(1, len(files) + 2) if _name(stem, n) not in files)
        head = [form.head] if form.head else []
        text = _spaced(part, [0, *[form.blank_lines] * (len(part) - 1)])
        files[_name(stem, number)] = "\n".join([MARKER, f"[Contents](../{readme})", "", *head, *text, ""])
        links.append(f"[{len(part)} {'paper' if len(part) == 1 else 'papers'}]({_name(stem, number)})  ")
    return links


def _name(stem: str, number: int) -> str:
    return f"{PAGES}/{stem}{f'-{number}' if number > 1 else ''}.md"


def _ended(text: str, form: ListForm) -> str:
    return text.replace("\n", form.line_end) if form.line_end != "\n" else text
