"""The words that lists use for the parts of an entry, in English, in Chinese and Japanese, and in other languages."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from harvester.domain.text import clean


def word_set(text: str) -> frozenset[str]:
    """The words of a text, which stands for a long list of strings."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """What stands between semicolons."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(";"))


def _by_phrase(**spelled: str) -> dict[str, str]:
    return {phrase: kind for kind, text in spelled.items() for phrase in phrases(text)}


ROLES: Mapping[str, str] = _by_phrase(
    code="code;codes;github;gitlab;bitbucket;repo;repository;repositories;implementation;pytorch;tensorflow;keras;jax;"
    "torch;tf;matlab;octocat;star;stars;代码;代碼;源码;源代码;开源代码;コード;ソースコード;実装;código;codigo;"
    "implementación;software;quelltext;quellcode;codice;código fuente;코드;소스코드;dépôt;implémentation;repositório;"
    "implementação;implementierung;implementazione;kod;код;репозиторий",
    data="data;数据;數據;資料;データ;datos;daten;données;dados;dati;데이터;данные",
    dataset="dataset;datasets;database;benchmark;数据集;數據集;資料集;データセット;conjunto de datos;datensatz;"
    "datensätze;jeu de données;base de données;conjunto de dados;데이터셋;набор данных;датасет",
    video="video;videos;youtube;talk;视频;動画;vídeo;vidéo;비디오;видео",
    slides="slides;ppt;slide;スライド;幻灯片;diapositivas",
    poster="poster;póster",
    demo="demo;演示;デモ",
    model="model;models;checkpoint;checkpoints;模型;モデル;modelo",
    weights="weights;权重",
    blog="blog;博客;ブログ",
    colab="colab;notebook",
    supplement="supp;supplement;supplementary;appendix",
    bibtex="bibtex;bib;cite;citation",
    twitter="twitter;tweet",
    project="project;page;project page;homepage;home page;web page;website;site;web;webpage;项目;項目;主页;主頁;"
    "项目主页;网站;網站;プロジェクト;プロジェクトページ;サイト;ホームページ;proyecto;página;sitio;página del proyecto;"
    "projet;page du projet;site web;projekt;projektseite;projeto;página do projeto;progetto;프로젝트;проект;сайт",
    pdf="pdf",
    paper="paper;papers;article;preprint;publication;abs;abstract;arxiv;biorxiv;medrxiv;doi;html;openreview;pubmed;acm;"
    "ieee;springer;elsevier;wiley;sciencedirect;cvf;pmlr;论文;論文;论文链接;原文;文章;ペーパー;artículo;articulo;trabajo;artikel;artigo;articolo;"
    "papier;논문;статья;публикация;veröffentlichung;publikation;pubblicazione;publicação;trabalho;"
    "makale;artykuł;thesis;dissertation;volltext;texto completo;texte intégral;全文",
)
"""What a link is called, and its role."""
NAMELESS = phrases(
    "link;links;here;url;urls;🔗;✓;✔;click;download;read;view;official;unofficial;source;version;full;text;the;of;page;"
    "home;to;for;and;r;python;oral;spotlight;v1;v2;hf;huggingface;us;our;science;nature;more;icon;badge;social;forks;"
    "open;in;original;链接;連結;地址;下载;官方;リンク;enlace;aquí;oficial;de;del;la;el;lien;ici;hier;collegamento;qui;aqui;"
    "링크;ссылка;здесь;officiel;du;le;do;di"
)
"""Words that say nothing, alone or beside a role."""
IDENTIFIERS = ("10.", "doi:", "arxiv:", "pmid:", "pmcid:")
"""How a link's text begins, in lower case, that is an identifier."""
_FIELDS: Mapping[str, str] = _by_phrase(
    date="date;year;time;published;publish date;publication date;pub date;month;release date;日期;时间;時間;年份;年;"
    "日付;発行年;fecha;año;année;jahr;datum;ano;anno;연도;년도;날짜;год;дата",
    venue="venue;journal;conference;publisher;published in;publication;source;where;journal conference;venue year;pub;"
    "conference journal;期刊;会议;會議;发表;发表于;出处;来源;発表;会議;学会;雑誌;掲載;revista;conferencia;"
    "publicado en;congreso;revue;conférence;conference revue;publié dans;zeitschrift;konferenz;tagung;erschienen in;"
    "rivista;conferenza;conferência;periódico;학회;학술지;저널;журнал;конференция",
    authors="author;authors;作者;著者;autor;autores;auteur;auteurs;autoren;autore;autori;저자;автор;авторы",
    note="note;notes;remark;remarks;comment;comments;description;备注;備註;说明;注;メモ;備考;nota;notas;comentarios;"
    "remarque;remarques;anmerkung;anmerkungen;bemerkung;observações;비고;примечание;примечания;описание",
    title="title;paper title;paper name;标题;題目;题目;论文标题;论文题目;タイトル;論文名;título;titulo;"
    "titre;titel;titolo;제목;논문 제목;название;заголовок",
    name="name;method;methods;model name;work;study;approach;algorithm;abbreviation;abbr;acronym;short;short name;名称;"
    "方法;算法;手法;名前;nombre;método;méthode;methode;metodo;방법;метод",
)
_SAID = phrases(
    "institution;institutions;affiliation;affiliations;org;env;key;keys;keyword;keywords;tag;tags;tldr;tl dr;summary;"
    "task;tasks;contribution;contributions;highlight;highlights;idea;topic;topics;modality;abstract;license;机构;单位;"
    "关键词;摘要;总结;キーワード;概要;所属;resumen;palabras clave;institución;status;rating;priority;item type;"
    "type;category;categories;subject;subjects;created;added"
)
_LABEL = re.compile(r"(?P<name>[^\W_][^:：()（）\[\]|,.。]{0,39}?)\s*(?P<more>[(（][^()（）]{1,30}[)）])?\s*[:：]\s*")
_PLURAL = re.compile(r"(?<=\w)\((?:e?s|en)\)")  # ``Author(s)``
_WORD = re.compile(r"[^\W_]+")
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
SHORTCODE = re.compile(r":[a-z][a-z0-9_+-]{1,40}:")


def _role_in(code: re.Match[str]) -> str:
    """The word in a shortcode that names a role (``:octocat:``); a picture of anything else says nothing."""
    name = " ".join(words_of(code.group()))
    return f" {name} " if name in ROLES else " "


@lru_cache(maxsize=4096)
def role_word(label: str) -> str:
    """The role that a link's text names; "link" for one that says nothing, "" for other words."""
    spelled = words_of(SHORTCODE.sub(_role_in, label))
    if not spelled:
        return "link"
    whole = " ".join(spelled)
    if whole in ROLES:
        return ROLES[whole]
    roles = ["link" if word in NAMELESS or word.isdecimal() else ROLES.get(word, "") for word in spelled]
    if len(spelled) > 4 or not all(roles):
        return ""
    named = [role for role in ROLES_FIRST if role in roles]
    return named[0] if named else "link"


ROLES_FIRST = tuple(dict.fromkeys(ROLES.values()))
"""Roles; of two that a text names, the first counts: "paper code" is code."""


def words_of(text: str) -> list[str]:
    """The words of a text in lower case."""
    return _WORD.findall(text.lower())


def field_of(name: str) -> str:
    """The part of an entry that a label or a table's column names: a role, ``date``, ``venue``, ...; "" for others."""
    whole = " ".join(words_of(_PLURAL.sub("", name)))
    return _FIELDS.get(whole) or ("said" if whole in _SAID else "") or (role_word(name) if whole else "")


def column_of(name: str) -> str:
    """What a table's column has; its first or last words decide where all of them together say nothing."""
    spelled = words_of(name)
    parts = (" ".join(spelled), " ".join(spelled[:2]), *spelled[:1], *spelled[-1:])
    known = (_FIELDS.get(part) or ROLES.get(part, "") for part in parts)
    return next(filter(None, known), "") or ("link" if spelled and all(word in NAMELESS for word in spelled) else "")


def label_before(text: str) -> tuple[str, str, int]:
    """The label at the beginning of a line, the part it names, and where the text behind it starts (0: no label)."""
    found = _LABEL.match(text)
    if not found or text.startswith("//", found.end()) or text.startswith("//", found.end("name") + 1):
        return "", "", 0
    return found["name"].strip(), field_of(found["name"]), found.end()


def without_marks(text: str) -> tuple[int, int]:
    """Where a text begins and ends without emoji, shortcodes such as ``:star:``, bullets and white space."""
    start, end = 0, len(text)
    while start < end:
        if code := SHORTCODE.match(text, start, end):
            start = code.end()
        elif is_mark(text[start]):
            start += 1
        else:
            break
    while end > start:
        colon = text.rfind(":", max(start, end - 42), end - 1) if text[end - 1] == ":" else -1
        if colon >= 0 and SHORTCODE.fullmatch(text, colon, end):
            end = colon
        elif is_mark(text[end - 1]):
            end -= 1
        else:
            break
    return start, end


def is_mark(letter: str) -> bool:
    """Whether it is part of an emoji, a bullet or a space."""
    return letter in "\u200d\ufe0e\ufe0f\u20e3•·▪●○◦‣►▶" or unicodedata.category(letter) in ("So", "Sk", "Zs", "Cf")


def word_count(text: str) -> int:
    """How many words a text has; in Chinese and Japanese, which have no spaces, two letters count as one."""
    return sum(max(1, (len(_NO_SPACES.findall(word)) + 1) // 2) for word in text.split())


def plain(text: str) -> str:
    """A text without emoji and shortcodes at its ends, white space folded."""
    start, end = without_marks(text)
    return clean(text[start:end])
