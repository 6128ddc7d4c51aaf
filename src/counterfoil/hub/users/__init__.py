"""People who use the console: who they are, what they may do, and how they prove it.

===============  =====================================================================
``_shapes``      roles, states, what is still to be proved; a user as people see one
``_people``      listed, invited, changed, switched off, removed
``_joining``     the first administrator; choosing a password, by a link or anew
``_passwords``   which passwords may be chosen
``_signing_in``  with e-mail address and password, then with the second factor
``_two_factor``  codes of an app, recovery codes; required of all
``_sign_on``     single sign-on (OpenID Connect)
``_sessions``    browsers on which people signed in
``_mail``        invitations by e-mail
===============  =====================================================================

People who carry the documents of one company file with Web Connectors of their own are others:
``accounts``.
"""

from ._joining import (
    SETUP_CODE_LIFE,
    PasswordProblemError,
    change_password,
    check_password,
    first_owner,
    invited,
    is_administered_here,
    join,
    new_setup_code,
    set_password,
)
from ._mail import way_to_join
from ._passwords import LENGTH_MIN, problem_with
from ._people import (
    Linked,
    add,
    all_users,
    change,
    find,
    invite,
    make_link,
    remove,
    revoke_link,
    switch_off,
    switch_on,
    user_named,
)
from ._sessions import (
    IDLE,
    LIFE,
    PREFIX,
    SignedIn,
    end_all_sessions,
    end_other_sessions,
    end_session,
    in_session,
    sessions,
    sign_out,
)
from ._shapes import (
    LINK_LIFE,
    ROLE_WORDS,
    Caller,
    Role,
    Stage,
    State,
    UserShown,
    role_named,
    scope_of_role,
)
from ._sign_on import (
    CALLBACK,
    Leaving,
    SignOn,
    begin_sign_on,
    complete_sign_on,
    redirect_of,
    remove_sign_on,
    reseal_sign_on,
    set_sign_on,
    sign_on_of,
    try_sign_on,
)
from ._signing_in import Entered, NotLetInError, open_set_up, prove, sign_in
from ._two_factor import (
    RECOVERY_CODES,
    Enrolment,
    WrongCodeError,
    begin_enrolment,
    confirm_enrolment,
    is_two_factor_required,
    new_recovery_codes,
    recovery_codes_left,
    require_two_factor,
    reseal_secrets,
    reset_two_factor,
)

__all__ = [
    "CALLBACK",
    "IDLE",
    "LENGTH_MIN",
    "LIFE",
    "LINK_LIFE",
    "PREFIX",
    "RECOVERY_CODES",
    "ROLE_WORDS",
    "SETUP_CODE_LIFE",
    "Caller",
    "Enrolment",
    "Entered",
    "Leaving",
    "Linked",
    "NotLetInError",
    "PasswordProblemError",
    "Role",
    "SignOn",
    "SignedIn",
    "Stage",
    "State",
    "UserShown",
    "WrongCodeError",
    "add",
    "all_users",
    "begin_enrolment",
    "begin_sign_on",
    "change",
    "change_password",
    "check_password",
    "complete_sign_on",
    "confirm_enrolment",
    "end_all_sessions",
    "end_other_sessions",
    "end_session",
    "find",
    "first_owner",
    "in_session",
    "invite",
    "invited",
    "is_administered_here",
    "is_two_factor_required",
    "join",
    "make_link",
    "new_recovery_codes",
    "new_setup_code",
    "open_set_up",
    "problem_with",
    "prove",
    "recovery_codes_left",
    "redirect_of",
    "remove",
    "remove_sign_on",
    "require_two_factor",
    "reseal_secrets",
    "reseal_sign_on",
    "reset_two_factor",
    "revoke_link",
    "role_named",
    "scope_of_role",
    "sessions",
    "set_password",
    "set_sign_on",
    "sign_in",
    "sign_on_of",
    "sign_out",
    "switch_off",
    "switch_on",
    "try_sign_on",
    "user_named",
    "way_to_join",
]
