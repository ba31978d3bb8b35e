"""The screen of Lumi Desk. Imports lumi_desk, is imported by nobody."""
