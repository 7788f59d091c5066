"""Small windows that ask for something; none blocks, each says with a signal what was wanted."""
