"""The public catalog: the site that ``catalog site`` writes, and its entries as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from classifiers.taxonomy import Facet, Taxonomy
from harvester.catalog.export.records import entry_json
from harvester.catalog.export.tables import entry_schema
from harvester.catalog.site.addresses import LONGEST_SEARCH, paper_path
from harvester.catalog.site.files import media_type, paper_file
from harvester.services.digest.archive import feed_of
from harvester.services.workspace import Workspace
from harvester.web.archive import answer_feed
from harvester.web.caching import unless_known
from harvester.web.catalog_cache import CatalogCache, Contents
from harvester.web.filters import ORDERS, found, read_filters

MOST = 1000  # entries in one response


def routes(ws: Workspace) -> APIRouter:
    """The site's files, the read-only API, and the feed of any search."""
    router = APIRouter()
    cache = CatalogCache(ws)
    _site(router, cache)
    _search_feed(router, ws, cache)
    _entries(router, cache, ws.taxonomy)
    return router


def _site(router: APIRouter, cache: CatalogCache) -> None:
    @router.get("/", include_in_schema=False)
    def index(request: Request, paper: str = "") -> Response:
        """The list; papers had no pages of their own once, so whoever comes by such an address is sent on."""
        if paper:
            return _sent_on(cache.contents(), paper)
        return _file(request, cache.contents(), "index.html")

    @router.get("/page/{number}/", include_in_schema=False)
    def older(request: Request, number: str) -> Response:
        return _file(request, cache.contents(), f"page/{number}/index.html")

    @router.get("/paper/{slug}/", include_in_schema=False)
    def paper(request: Request, slug: str) -> Response:
        return _file(request, cache.contents(), paper_file(slug))

    @router.get("/sitemap.xml", include_in_schema=False)
    @router.get("/robots.txt", include_in_schema=False)
    @router.get("/favicon.ico", include_in_schema=False)
    def for_machines(request: Request) -> Response:
        return _file(request, cache.contents(), request.url.path.removeprefix("/"))

    @router.get("/assets/{name}", include_in_schema=False)
    def asset(request: Request, name: str) -> Response:
        return _file(request, cache.contents(), f"assets/{name}")

    @router.get("/data/{name:path}", include_in_schema=False)
    def data(request: Request, name: str) -> Response:
        return _file(request, cache.contents(), f"data/{name}")


def _search_feed(router: APIRouter, ws: Workspace, cache: CatalogCache) -> None:
    @router.get("/feeds/search.{form}", include_in_schema=False)
    def search_feed(request: Request, form: str) -> Response:
        """What the list shows for the same parameters, most recently accepted first."""
        wanted = read_filters(request.query_params, ws.taxonomy)
        named = [entry.id for entry in found(cache.contents(), wanted)]
        return answer_feed(request, form, feed_of(ws, named, f"{request.query_params}"))


def _entries(router: APIRouter, cache: CatalogCache, taxonomy: Taxonomy) -> None:
    entry_form = entry_schema(taxonomy)
    page_form = {
        "type": "object",
        "required": ["items", "total"],
        "properties": {"items": {"type": "array", "items": entry_form}, "total": {"type": "integer"}},
    }

    # The taxonomy says which facets there are; a signature could not.
    @router.get(
        "/api/entries",
        responses=_responses(page_form),
        openapi_extra={"parameters": [*map(_parameter, taxonomy.facets), *_FILTERS]},
    )
    def entries(
        request: Request,
        q: Annotated[
            str,
            Query(
                description="Words to search for; one wrong letter in a long word is forgiven.",
                max_length=LONGEST_SEARCH,
            ),
        ] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        """Entries with the given labels and words: newest first, or best first if there are words.

        Words are searched for in titles, abstracts, authors, venues, and the names and synonyms of labels.
        """
        passed = found(cache.contents(), read_filters(request.query_params, taxonomy))
        return JSONResponse(
            {"items": [entry_json(entry, taxonomy) for entry in passed[offset : offset + limit]], "total": len(passed)}
        )

    @router.get("/api/entries/{id:path}", responses={**_responses(entry_form), 404: _error("There is no such entry.")})
    def entry(name: Annotated[str, Path(alias="id")]) -> Response:
        """One entry by id, such as ``arxiv:2411.13602``."""
        found = cache.contents().by_id.get(name)
        return (
            JSONResponse(entry_json(found, taxonomy))
            if found
            else JSONResponse({"detail": "There is no such entry."}, 404)
        )


_FILTERS: list[dict[str, Any]] = [
    {
        "name": name,
        "in": "query",
        "description": description,
        "schema": schema,
    }
    for name, description, schema in (
        ("year", "The year of publication.", {"type": "array", "items": {"type": "string"}}),
        ("venue", "Where it appeared.", {"type": "array", "items": {"type": "string"}}),
        ("code", "1: only papers with code.", {"type": "string"}),
        ("since", "Only papers that joined the list on this day or later.", {"type": "string", "format": "date"}),
        ("sort", "The order.", {"type": "string", "enum": ["", *ORDERS]}),
    )
]
"""The filters that are no facets; `filters` reads them."""


def _parameter(facet: Facet) -> dict[str, Any]:
    """A facet as a parameter (OpenAPI 3.1, Parameter Object)."""
    return {
        "name": facet.id,
        "in": "query",
        "description": "Label ids, separated by commas; one of them is enough.",
        # An empty label, which forms send for a choice not made, asks for nothing.
        "schema": {"type": "array", "items": {"type": "string", "enum": ["", *facet.label_ids]}},
        "style": "form",
        "explode": False,
    }


def _responses(schema: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    broken = _error("The service is not working right now.")
    return {200: {"content": {"application/json": {"schema": schema}}}, 503: broken}


def _error(meaning: str) -> dict[str, Any]:
    detail = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
    return {"description": meaning, "content": {"application/json": {"schema": detail}}}


def _sent_on(contents: Contents, identifier: str) -> Response:
    if identifier not in contents.slugs:
        raise HTTPException(404)
    return RedirectResponse(f"/{paper_path(contents.slugs[identifier])}", 301)


def _file(request: Request, contents: Contents, name: str) -> Response:
    """A file of the site; browsers revalidate it each time and get it only if it has changed."""
    body = contents.file(name)
    if body is None:
        raise HTTPException(404)
    return unless_known(request, body, media_type(name), "no-cache")
