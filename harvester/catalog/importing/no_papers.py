"""Sections that every Awesome list may have and that list no papers: contents, licence, links to other lists."""

from harvester.catalog.importing.choices import name_key
from harvester.catalog.importing.unknown import Unknown

_SECTIONS = """
about; about this list; about us; acknowledgement; acknowledgment; announcement; article and blog; author; back to top;
blog; blog post; book; changelog; citation; cite; citing; citing this list; code of conduct; community; company;
conference deadline; contact; contact us; content; contributing; contribution; contribution guideline;
contribution guide; contributor; copyright; course; credit; deadline; discord; disclaimer; event; faq; feedback;
footnote; forum; getting started; how to cite; how to contribute; index; introduction; job; join us; lab; lecture;
license; licence; licensing; maintainer; media; meetup; mailing list; meta; more list; navigation; new; newsletter;
other awesome list; other list; other resource; overview; people; podcast; quick link; recent new; reference list;
related awesome list; related awesome project; related list; related link; related project; related repo;
related repository; research group; researcher; roadmap; slack; social media; sponsor; star chart; star history;
stargazer; star; support; table of content; table of contents; talk; team; todo; to do; toc; translation; tutorial;
tutorial and blog; tutorials and blog; twitter; update; useful link; video; video lecture; website; what is new;
what s new; workshop; youtube;
目录; 目錄; 內容; 内容; 贡献; 貢獻; 贡献指南; 如何贡献; 参与贡献;
许可; 许可证; 授權; 致谢; 致謝; 联系; 联系我们; 联系方式; 关于; 更新;
更新日志; 新闻; 教程; 博客; 书籍; 课程; 视频; 相关列表; 相关项目; 友情链接; 引用; 简介; 介绍;
目次; もくじ; 貢献; ライセンス; 謝辞; 連絡先; お問い合わせ; 更新履歴;
ニュース; チュートリアル; ブログ; 書籍; 講座; 動画; 関連リスト; リンク; 引用; はじめに;
índice; contenido; tabla de contenidos; contribuir; contribuciones; cómo contribuir; licencia; agradecimientos;
contacto; noticias; tutoriales; libros; cursos; vídeos; enlaces; listas relacionadas; cómo citar; introducción
"""
_REASONS = {
    "licence": "license; licence; licensing; copyright; 许可; 许可证; 授權; ライセンス; licencia",
    "contact": """
        contact; contact us; discord; slack; forum; join us; community; mailing list; social media; twitter; about us;
        author; maintainer; team; 联系; 联系我们; 联系方式; 連絡先; お問い合わせ; contacto""",
    "navigation": """
        content; table of content; table of contents; toc; index; overview; navigation; quick link; back to top;
        other awesome list; other list; related awesome list; related awesome project; related list; more list;
        conference deadline; deadline; 目录; 目錄; 内容; 內容; 相关列表; 友情链接; 目次; もくじ; 関連リスト; índice;
        contenido; tabla de contenidos; listas relacionadas""",
    "contributing": """
        contributing; contribution; contribution guideline; contribution guide; contributor; how to contribute;
        code of conduct; feedback; sponsor; support; 贡献; 貢獻; 贡献指南; 如何贡献; 参与贡献; 貢献; contribuir;
        contribuciones; cómo contribuir""",
    "acknowledgment": "acknowledgement; acknowledgment; credit; 致谢; 致謝; 謝辞; agradecimientos",
    "citation": "citation; cite; citing; citing this list; how to cite; 引用; cómo citar",
    "statistics": "star history; star chart; stargazer; star",
}
_NAMES = frozenset(name_key(name) for name in _SECTIONS.split(";"))

_REASON_BY_NAME = {name_key(name): reason for reason, names in _REASONS.items() for name in names.split(";")}


def reason_of(heading: str) -> str:
    """Why links below a heading are of no papers, whatever they are; "" if they may be.

    "Videos" and "Books" have names of their own, but what is in them may be meant to be kept.
    """
    return _REASON_BY_NAME.get(name_key(heading), "")


def holds_no_papers(section: Unknown) -> bool:
    """Whether a section has such a name, by the whole of its words, and fewer than half of its links are to papers.

    "Videos" are talks in one list, and a subject of research in another.
    """
    return has_such_name(section.path[-1]) and 2 * section.identified < section.papers


def has_such_name(heading: str) -> bool:
    """Whether a heading is called like one of these sections."""
    return name_key(heading) in _NAMES
