"""What alerts do beside being shown: they run programs, where the user has allowed it. Imports settings; no Qt."""
