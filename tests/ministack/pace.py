"""MiniStack without the work that it does again for each call and each item: its answers stay the same.

It answers one call at a time, so whatever it does needlessly delays every other call of the local system.
"""

from functools import lru_cache

import botocore.session
from ministack.core import iam_evaluator as iam
from ministack.core import router
from ministack.services import dynamodb

# More than all expressions and policies of a local system together.
ENTRIES = 4096


def listed(parse):
    """A function from a text to a list that parses each text only once."""
    parsed = lru_cache(ENTRIES)(lambda text: tuple(parse(text)))

    def copied(text):
        return list(parsed(text)) if isinstance(text, str) else parse(text)

    return copied


def install():
    # Otherwise the first call to a service that MiniStack lacks loads the models of all services. Nothing else is
    # answered for those seconds. The names of the folders are enough here: they cover what Muster calls.
    router._KNOWN_AWS_SERVICE_NAMES = frozenset(botocore.session.get_session().get_available_services())
    # A query checks the grammar of its expression for each item that it reads.
    dynamodb._tokenize = listed(dynamodb._tokenize)
    dynamodb._condition_syntax_error = lru_cache(ENTRIES)(dynamodb._condition_syntax_error)
    # Each call reads all policies of its role from their JSON.
    iam.parse_policy_document = listed(iam.parse_policy_document)
