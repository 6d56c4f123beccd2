"""Surveys: what a sample says about the population, by the way it was drawn."""

from anlan.stats.surveys.design import Design
from anlan.stats.surveys.response import ResponseRate, response_rate
from anlan.stats.surveys.terms import SurveyEstimate

__all__ = ["Design", "ResponseRate", "SurveyEstimate", "response_rate"]
