"""What people do with the whole program: real window, real files, real hub over HTTP."""
