"""Why a document that somebody expected does not come first: one answer looked at for that document."""
