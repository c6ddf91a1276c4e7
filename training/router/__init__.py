"""Which kind of picture a crop is: a linear rule over cheap measurements, fitted on drawn and gathered pictures."""
