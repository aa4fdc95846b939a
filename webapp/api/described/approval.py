"""Words of approval in steps, for the API's description. Pure."""

from __future__ import annotations

OF_APPROVAL = {
    "ApprovalListGiven.content_type": "The type whose pieces take these steps; empty: any",
    "ApprovalListGiven.source": "Where the pieces come from that take these steps; empty: anywhere",
    "ApprovalListGiven.steps": "The steps in their order; none: one person's approval is all",
    "ApprovalListWhole.content_type": "The type whose pieces take these steps; empty: any",
    "ApprovalListWhole.source": "Where the pieces come from that take these steps; empty: anywhere",
    "ApprovalListWhole.steps": "The steps in their order",
    "StepGiven.role": "Whose step it is; who may do all that this role may signs as well, but a "
    "client's step only a client",
    "StepGiven.people": "The only users who may sign it; where fewer are there than it needs: also "
    "whoever has the role",
    "Signing.step": "The step that was read, from 1 on; who has signed one must name the next",
    "needed": "How many people sign it",
    "not_own": "Whether those who typed in the text since it was approved last may not sign it",
    "survives_edits": "Whether it stays signed when the text is edited; not of the last step",
    "hours": "The time to decide; null: no end",
    "substitute": "Who else may sign once that time is over; null: nobody",
}
SHAPES_OF_APPROVAL = {
    "ApprovalListGiven": "The steps for all pieces of a site, for one type, or for one source",
    "ApprovalListWhole": "A list of steps as it counts now",
    "StepGiven": "A step of an approval",
    "Signing": "Which step is signed",
}
ROLES_OF_STEPS = {
    "client": "whoever pays for it",
    "writer": "whoever writes",
    "editor": "whoever may decide on pieces",
    "admin": "whoever manages sites",
    "owner": "whoever owns the account",
}
