"""Parts of the screens: frame, theme, numbers, HTML components, charts, evidence drawer."""
