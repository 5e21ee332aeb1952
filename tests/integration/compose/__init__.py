"""Tests of the Compose check and the files it covers."""
