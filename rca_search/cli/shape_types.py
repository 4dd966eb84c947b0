"""What the shapes of all commands share."""

from typing import Annotated, Final, Literal

SCHEMA_VERSION: Final = 1

Version = Annotated[Literal[1], "1; readers should ignore fields that they do not know"]
IndexVersion = Annotated[str, "version of the index that answered"]
