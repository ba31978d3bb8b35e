"""Customers at the hub, as a desk of who leads asks for them."""

from dataclasses import dataclass

from lumi_desk.managing import centre, exporting
from lumi_desk.managing.client import Asks


@dataclass(frozen=True)
class CentreAtHub:
    """The customers of the whole centre, or of her team for a leader.

    Each call may block; each raises HubOutOfReach, SignInOver and what the hub says (HubSaid).
    """

    ask: Asks

    def listed(self, asked: centre.ListCentre) -> centre.CentreListed:
        """A page of customers."""
        return self.ask("centre", centre.LIST.dump_json(asked), centre.LISTED)

    def shown(self, customer_id: str) -> centre.CustomerShown:
        """One customer with her history."""
        told = centre.SHOW.dump_json(centre.ShowCustomer(customer_id))
        return self.ask("centre/show", told, centre.SHOWN)

    def preview_export(self, asked: exporting.PreviewExport) -> exporting.ExportPreviewed:
        """How many of those who fit may be exported now."""
        told = exporting.PREVIEW.dump_json(asked)
        return self.ask("centre/export/preview", told, exporting.PREVIEWED)

    def export(self, asked: exporting.DoExport) -> exporting.Exported:
        """Export them: the hub counts and keeps it before it answers."""
        return self.ask("centre/export", exporting.DO.dump_json(asked), exporting.DONE)
