"""Secret references (`env:NAME`, `file:PATH`) and how they are resolved at the moment of use."""
