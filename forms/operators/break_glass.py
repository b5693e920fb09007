"""The form of a break-glass account: name, password and code."""

from wtforms import Form, PasswordField
from wtforms.validators import InputRequired, Length

from forms.fields import LineField


class BreakGlassForm(Form):
    """What the command line gave, and what the authenticator shows."""

    name = LineField("Naam", required="Vul de naam van de noodtoegang in.", limit=100)
    password = PasswordField(
        "Wachtwoord", [InputRequired("Vul het wachtwoord in."), Length(max=200)]
    )
    code = LineField("Code", required="Vul de code in die uw authenticator-app toont.", limit=20)
