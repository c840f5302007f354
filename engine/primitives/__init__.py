"""The small parts every other room of the engine is made of: units, names, expressions, templates."""
