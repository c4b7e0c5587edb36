package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/version"
)

const usage = `puente carries messages between BonyChat's Custom Channel and messaging networks.

  puente up                 try it: the whole bridge, a phone and an inbox on 127.0.0.1:8080
  puente up -f puente.yaml  run the gateway of a configuration file
  puente apply -f FILE      make a running NATS hold the file's streams and channels, for services of their own
  puente check -f FILE      say what is wrong with a file, and nothing more
  puente networks [NAME]    list the networks that are built in, or all there is to know about one
  puente setup [CHANNEL]    ask about the credentials and webhooks of a file's channels; -register registers them
  puente new network NAME   write the folder of a new network, which compiles and passes the kit
  puente dead               list what could not be delivered, with the reason
  puente replay             bring it back: one message, a channel's, a network's, all of it
  puente ledger             prove that nothing is lost, doubled or reordered, with kill -9 and failing far ends
  puente bench              measure what the bridge costs, against a bare relay of as many hops
  puente version            say which version this is

puente up -h lists its flags, and so does each of the others.
`

// Exit statuses.
const (
	exitOK    = 0
	exitError = 1 // it could not be done
	exitUsage = 2 // the command line is wrong
)

// errUsage is a wrong command line; what is wrong has been said.
var errUsage = errors.New("usage")

func run(args []string, stdout, stderr io.Writer) int {
	err := command(args, stdout, stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage
	case service.IsLogged(err):
		return exitError
	default:
		fmt.Fprintf(stderr, "puente: %v\n", err)
		return exitError
	}
}

func command(args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return errUsage
	}
	end, err := profile(args[0])
	if err != nil {
		return err
	}
	defer end()
	service.Memory()
	switch name, rest := args[0], args[1:]; name {
	case "up":
		return up(rest, stdout, stderr)
	case "apply":
		return apply(rest, stdout, stderr)
	case "check":
		return check(rest, stdout, stderr)
	case "networks":
		return catalogue(rest, stdout, stderr)
	case "setup":
		return setup(rest, stdout, stderr)
	case "new":
		return newNetwork(rest, stdout, stderr)
	case "dead":
		return dead(rest, stdout, stderr)
	case "replay":
		return replay(rest, stdout, stderr)
	case "ledger":
		return runLedger(rest, stdout, stderr)
	case "bench":
		return runBench(rest, stdout, stderr)
	case "service": // these three are started by the ledger and the bench
		return runService(rest)
	case "node":
		return runNode(rest, stderr)
	case "floor":
		return runFloor(rest, stderr)
	case "version":
		fmt.Fprint(stdout, version.About())
		return nil
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, usage)
		return nil
	default:
		fmt.Fprintf(stderr, "puente: unknown command %q\n\n%s", name, usage)
		return errUsage
	}
}

// flags makes a command's flags, their mistakes told on stderr.
func flags(name string, stderr io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("puente "+name, flag.ContinueOnError)
	f.SetOutput(stderr)
	return f
}

func parse(f *flag.FlagSet, args []string) error {
	_, err := parseWords(f, args)
	return err
}

// parseWords is like parse for a command that takes words too, with these names for its help, before its flags or behind
// them.
func parseWords(f *flag.FlagSet, args []string, names ...string) (words []string, err error) {
	if len(names) > 0 {
		f.Usage = func() {
			fmt.Fprintf(f.Output(), "Usage of %s %s:\n", f.Name(), strings.Join(names, " "))
			f.PrintDefaults()
		}
	}
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		if f.NArg() == 0 {
			return words, nil
		}
		if len(words) == len(names) {
			fmt.Fprintf(f.Output(), "%s: unexpected argument %q\n", f.Name(), f.Arg(0))
			return nil, errUsage
		}
		words, args = append(words, f.Arg(0)), f.Args()[1:]
	}
}

// up runs the bridge: of a file, or the demonstration.
func up(args []string, stdout, stderr io.Writer) error {
	f := flags("up", stderr)
	o := options{endWithin: service.EndWithin}
	f.StringVar(&o.file, "f", "", "configuration file; without one, a demonstration with a phone and an inbox")
	f.StringVar(&o.data, "data", "", "data folder, instead of the file's; the demonstration's default is a temporary one")
	f.StringVar(&o.listen, "listen", "", "address of the public side, instead of the file's or 127.0.0.1:8080")
	f.StringVar(&o.internal, "internal", "", "address of health checks, instead of the file's or 127.0.0.1:8081")
	o.consent.flags(f)
	if err := parse(f, args); err != nil {
		return err
	}
	ctx, stop := service.Signals()
	defer stop()
	return serve(ctx, o, stdout)
}

// check reads a file and says all that is wrong with it.
func check(args []string, stdout, stderr io.Writer) error {
	f := flags("check", stderr)
	file := f.String("f", "puente.yaml", "configuration file")
	if err := parse(f, args); err != nil {
		return err
	}
	cfg, err := config.Load(*file, known())
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(stdout, "warning:", w)
	}
	fmt.Fprintf(stdout, "%s is right: %s\n", *file, count(len(cfg.Channels), "channel"))
	return nil
}
