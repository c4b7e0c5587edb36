// Command puente is the all-in-one and the command line: "puente up" runs the whole bridge in one process.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
