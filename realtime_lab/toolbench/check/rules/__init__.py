"""The rules, by topic."""

from __future__ import annotations

from collections.abc import Mapping

from ..rule import Rule
from . import (
    descriptions,
    keywords,
    limits,
    names,
    parameters,
    required,
    secrets,
    shape,
    sizes,
    structure,
    together,
    types,
    values,
)

__all__ = ["RULES", "TOPICS"]

TOPICS: Mapping[str, tuple[Rule, ...]] = {
    "What a service takes": (
        shape.not_a_tool,
        shape.not_json,
        shape.nested_function,
        shape.type_of_tool,
        shape.strict,
        shape.field_unknown,
        shape.parameters_misnamed,
        shape.parameters_not_object,
        shape.parameters_combined,
        shape.properties_missing,
    ),
    "Names of tools": (
        names.name_missing,
        names.name_invalid,
        names.name_duplicate,
        names.name_clash,
        names.name_similar,
        names.name_without_verb,
        names.name_reserved,
    ),
    "Descriptions of tools": (
        descriptions.description_missing,
        descriptions.description_repeats_name,
        descriptions.description_vague,
        descriptions.description_short,
        descriptions.description_long,
        descriptions.description_docstring,
        descriptions.description_promises,
        descriptions.confirmation_missing,
    ),
    "Tools beside each other": (
        together.description_duplicate,
        together.description_similar,
        together.boundary_missing,
    ),
    "Parameters": (
        parameters.parameter_undescribed,
        parameters.parameter_repeats_name,
        parameters.parameter_long,
        parameters.parameter_ambiguous,
        parameters.parameter_name_invalid,
        parameters.parameter_clash,
        parameters.parameter_styles,
        parameters.unit_missing,
        parameters.boolean_negated,
        parameters.boolean_unclear,
        parameters.booleans_many,
    ),
    "Values": (
        values.free_enum,
        values.string_boolean,
        values.string_number,
        values.string_date,
        values.enum_empty,
        values.enum_repeats,
        values.enum_mismatch,
        values.enum_large,
        values.default_mismatch,
        secrets.key_told,
        limits.range_empty,
        limits.limit_untold,
    ),
    "What has to be given": (
        required.required_missing,
        required.required_unknown,
        required.required_inside,
        required.required_with_default,
    ),
    "Schemas": (
        types.schema_invalid,
        types.type_missing,
        types.type_unknown,
        types.array_without_items,
        types.object_without_properties,
        structure.alternatives_open,
        keywords.keyword_misspelt,
        keywords.keyword_unsupported,
        keywords.keyword_noise,
        structure.reference,
        structure.reference_broken,
        structure.nested_deep,
    ),
    "Size": (
        sizes.parameters_many,
        sizes.tool_large,
        sizes.tools_many,
        sizes.tools_large,
    ),
}
RULES: tuple[Rule, ...] = tuple(rule for rules in TOPICS.values() for rule in rules)
