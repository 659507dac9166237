"""The public catalog: the site that ``catalog site`` writes, and its entries as JSON."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse

from classifiers.taxonomy import Facet, Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.export.records import entry_json
from harvester.catalog.export.tables import entry_schema
from harvester.catalog.site.addresses import paper_path
from harvester.catalog.site.files import media_type, paper_file
from harvester.services.workspace import Workspace
from harvester.web.caching import unless_known
from harvester.web.catalog_cache import CatalogCache, Contents

MOST = 1000  # entries in one response


def routes(ws: Workspace) -> APIRouter:
    """The site's files and the read-only API."""
    router = APIRouter()
    cache = CatalogCache(ws)
    _site(router, cache)
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
        openapi_extra={"parameters": [*map(_parameter, taxonomy.facets)]},
    )
    def entries(
        request: Request,
        q: Annotated[
            str, Query(description="Words to search for; one wrong letter in a long word is forgiven.", max_length=300)
        ] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        """Entries with the given labels and words: newest first, or best first if there are words."""
        contents, asked = cache.contents(), request.query_params
        wanted = {facet.id: _ids(asked.getlist(facet.id)) for facet in taxonomy.facets}
        if unknown := _unknown(wanted, taxonomy):
            raise RequestValidationError(unknown)
        named = [contents.entries[number] for number in contents.finder.find(q)] if q else contents.entries
        found = [entry for entry in named if _has(entry, wanted)]
        return JSONResponse(
            {"items": [entry_json(entry, taxonomy) for entry in found[offset : offset + limit]], "total": len(found)}
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


def _ids(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, (name.strip() for text in texts for name in text.split(","))))


def _unknown(wanted: dict[str, frozenset[str]], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """The labels that do not exist, as FastAPI describes what is invalid."""
    return [
        {
            "loc": ["query", facet.id],
            "msg": f"{facet.id} has no label {name!r}; it has: {', '.join(facet.label_ids)}.",
            "type": "enum",
        }
        for facet in taxonomy.facets
        for name in sorted(wanted[facet.id] - set(facet.label_ids))
    ]


def _has(entry: Entry, wanted: dict[str, frozenset[str]]) -> bool:
    """Within a facet one label is enough, and every requested facet must have one."""
    return all(not ids or ids & set(entry.labels.of(facet)) for facet, ids in wanted.items())


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
