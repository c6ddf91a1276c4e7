"""Which kind of picture a crop is: a small network over cheap measurements, fitted on drawn and gathered pictures."""
