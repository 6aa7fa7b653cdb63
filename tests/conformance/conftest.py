"""A server with a scripted engine for each test."""

from tests.server.conftest import engine, server

__all__ = ["engine", "server"]
