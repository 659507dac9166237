"""The addresses of all feeds as OPML 2.0, which feed readers import in one step (http://opml.org/spec2.opml). Pure."""

from lxml import etree

from classifiers.taxonomy import Taxonomy
from harvester.digest.feeds import feed_path, feed_title


def to_opml(base_url: str, taxonomy: Taxonomy) -> bytes:
    """The feed of everything, then those of the labels, grouped by facet."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = taxonomy.title
    body = etree.SubElement(root, "body")
    _outline(body, base_url, taxonomy)
    for facet in taxonomy.facets:
        group = etree.SubElement(body, "outline", text=facet.name)
        for label in facet.labels:
            _outline(group, base_url, taxonomy, facet.id, label.id)
    etree.indent(root, space=" ")
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def _outline(parent: etree._Element, base_url: str, taxonomy: Taxonomy, facet: str = "", label: str = "") -> None:
    """A feed; the specification's type is ``rss`` for every feed, of Atom as well."""
    title = feed_title(taxonomy, facet, label) or ""
    address = f"{base_url}{feed_path(facet, label)}.atom"
    etree.SubElement(parent, "outline", type="rss", text=title, title=title, xmlUrl=address, htmlUrl=f"{base_url}/")
