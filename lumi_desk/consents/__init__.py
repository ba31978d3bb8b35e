"""By which ways and for what a customer may be reached: lawful basis, source, withdrawal."""
