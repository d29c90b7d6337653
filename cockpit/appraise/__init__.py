"""Judgement: indicators (data), measures, warnings, deductions, scores."""
