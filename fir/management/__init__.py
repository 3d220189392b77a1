"""Commands for whoever runs FIR; each calls one operation or query of the house."""
