"""Models behind a server of OpenAI's protocol: vLLM, SGLang, llama.cpp, Ollama. Whoever makes it gives it a way out."""

from legenda.engines.openai_vision.engine import Endpoint, OpenAIVision
from legenda.engines.openai_vision.profiles import PROFILES, Profile, profile_of

__all__ = ["PROFILES", "Endpoint", "OpenAIVision", "Profile", "profile_of"]
