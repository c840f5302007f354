"""Which keys the language allows at a place, read off the models; knows no particular runbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from engine.words.word import Model


def keys_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys of the mappings that may stand at a path inside a model's YAML."""
    here: list[Any] = [model]
    for part in path:
        inner = [found for annotation in here for found in _step(annotation, part)]
        here = inner or here
    return tuple(dict.fromkeys(key for annotation in here for key in keys_of(annotation)))


def keys_of(model: Any) -> tuple[str, ...]:
    """A model's keys as YAML writes them; none for anything else."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def models_in(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """A model and every model it is made of, by class name."""
    found: dict[str, type[BaseModel]] = {}
    waiting: list[Any] = [model]
    while waiting:
        annotation = waiting.pop()
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            waiting += get_args(annotation)
        elif annotation.__name__ not in found:
            found[annotation.__name__] = annotation
            waiting += (field.annotation for field in annotation.model_fields.values())
    return found


def _step(annotation: Any, part: str | int) -> Iterator[Any]:
    """What may stand behind one part of a path."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        fields = annotation.model_fields.items()
        named = [field.annotation for name, field in fields if (field.alias or name) == part]
        for field_type in named:
            yield from _bare(field_type)
        if not named and isinstance(part, int) and annotation.short:
            for inner in _step(annotation, annotation.short):
                yield from _step(inner, part)
        return
    wanted = list if isinstance(part, int) else dict
    if get_origin(annotation) is wanted:
        yield from _bare(get_args(annotation)[-1])


def _bare(annotation: Any) -> Iterator[Any]:
    """The types an annotation stands for, without its metadata and unions."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _bare(get_args(annotation)[0])
    elif origin in (list, dict) or not get_args(annotation):
        yield annotation
    else:
        for member in get_args(annotation):
            yield from _bare(member)
