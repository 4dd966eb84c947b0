"""Why a hit came back and what differs: the question and a document side by side."""
