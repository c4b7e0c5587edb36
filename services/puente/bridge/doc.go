// Package bridge is the whole of Puente in one process: a broker in its data folder unless the configuration names one,
// and every service that the channels need, each under its own name. The bridge is whole or not at all: where one of them
// fails, all end. Without a configuration it is a demonstration (package demonstration). What the broker has to hold before the
// services start is package apply's business.
//
// It is not its job to read a command line, nor to know which networks there are.
package bridge
