"""What an operator is told while the App is made and Stripe is connected; no I/O."""

from __future__ import annotations

from typing import Final

WRONG_CODE: Final = (
    "That is not the code. It stands in the terminal or the log of this server, and is a new one "
    "after each start."
)
WRONG_NAME: Final = "Please give the App a name of at most 34 characters."
WRONG_ORGANISATION: Final = "That is no name of an organization on GitHub."
WRONG_KEY: Final = (
    "That is no secret key of Stripe's: it begins with sk_ or rk_, and stands under Developers, "
    "API keys."
)
FORGED: Final = "That did not begin in this browser, or was used already. Please begin again here."
APP_AWAY: Final = "GitHub did not answer. Reload this page in a minute: the same code may be used."
RELOAD: Final = "Mend it and reload this page; the credentials are still here."
APP_LOST: Final = (
    "GitHub's answer with the App's credentials did not arrive, and it gives them only once. "
    "Please delete the new App at GitHub, and begin again."
)
APP_REFUSED: Final = (
    "GitHub does not take this code any more: it is good once, for an hour. If there is a new App "
    "at GitHub, please delete it there, and begin again."
)
ALREADY_SET_UP: Final = "There is an App already; this page makes no second one."
