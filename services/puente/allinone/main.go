// Package allinone is Puente as one program: its command line, over a bridge that runs in one process. The program's
// networks are what [Main] is given, so a company that has a network of its own builds the whole of Puente with it:
//
//	package main
//
//	import (
//		"example.com/acme/pigeon"
//		"github.com/bonychat/puente/services/puente/allinone"
//		"github.com/bonychat/puente/services/puente/builtin"
//	)
//
//	func main() { allinone.Main(append(builtin.Networks(), pigeon.Network)...) }
//
// The folder services/puente/example is such a program, whole. The commands are in the packages of internal, which say how they are
// called; what a command does stands in a package of its own, such as bridge, operate and broker; here is
// only what they have in common as a program: the list of them, help, completion, exit status.
package allinone

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"
)

// Exit statuses. The commands that ask a bridge have two more, see package exit.
const (
	exitOK    = exit.OK
	exitError = exit.Failed // it could not be done
	exitUsage = exit.Usage  // the command line is wrong
)

// Main is the whole program, with these networks. The network phone, which the demonstration, the ledger and the bench
// talk to, is added where it is not among them. Main does not return: the process ends with status 0, with 1 where
// something could not be done, with 2 where the command line is wrong, with 3 where there is no such thing, or with 4 where
// something needs a person.
func Main(drivers ...provider.Driver) {
	os.Exit(start(drivers, os.Args[1:], os.Stdout, os.Stderr))
}

func start(drivers []provider.Driver, args []string, stdout, stderr io.Writer) int {
	if networks.Set(drivers).Named(phone.Network.Name) == nil {
		drivers = append(drivers[:len(drivers):len(drivers)], phone.Network)
	}
	set, err := networks.New(drivers...)
	if err != nil {
		fmt.Fprintf(stderr, "puente: this program cannot be: %v\n", err)
		return exitError
	}
	return carryOut(set, args, stdout, stderr)
}

// carryOut carries out one command line and tells on stderr, once, why it could not.
func carryOut(set networks.Set, args []string, stdout, stderr io.Writer) int {
	return carryOutFrom(os.Stdin, set, args, stdout, stderr)
}

// carryOutFrom is carryOut with another standard input.
func carryOutFrom(stdin io.Reader, set networks.Set, args []string, stdout, stderr io.Writer) int {
	root := rootCommand(set)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetArgs(args)
	if len(args) == 0 {
		fmt.Fprint(stderr, root.Long, "\n\n", root.UsageString())
		return exitUsage
	}
	err := command(root, args)
	if said, ok := errors.AsType[*exit.Error](err); ok {
		if said.Text != "" {
			fmt.Fprintf(stderr, "puente: %s\n", render.Printable(said.Text))
		}
		return said.Status
	}
	switch wrong, ok := cli.AsUsage(err); {
	case err == nil:
		return exitOK
	case ok:
		fmt.Fprintf(stderr, "%s\n", wrong)
		return exitUsage
	case service.IsLogged(err):
		return exitError
	default:
		fmt.Fprintf(stderr, "puente: %v\n", err)
		return exitError
	}
}
