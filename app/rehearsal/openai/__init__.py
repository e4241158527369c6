"""OpenAI on this machine: both APIs, strict as the real ones, with a model that can be told."""

from app.rehearsal.openai.server import ApiRequest
from app.rehearsal.openai.standin import OpenAIStandIn, Project

__all__ = ["ApiRequest", "OpenAIStandIn", "Project"]
