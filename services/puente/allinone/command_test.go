package allinone

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/puente/builtin"
	"github.com/bonychat/puente/services/puente/networks"
)

// builtIn are the networks that these tests run the program with.
var builtIn = networks.Set(builtin.Networks())

// commandLine runs the program's command line.
func commandLine(args ...string) (stdout, stderr string, status int) {
	var out, err bytes.Buffer
	status = carryOut(builtIn, args, &out, &err)
	return out.String(), err.String(), status
}

// visible are all commands that the help shows, the program itself first.
func visible() (all []*cobra.Command) {
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		all = append(all, c)
		for _, below := range c.Commands() {
			if !below.Hidden {
				visit(below)
			}
		}
	}
	root := rootCommand(builtIn)
	visit(root)
	return all
}

// Every command is explained, with examples that are right, in lines that fit a terminal.
func TestEveryCommandIsExplained(t *testing.T) {
	t.Parallel()
	all := visible()
	if len(all) < 15 {
		t.Errorf("only %d commands", len(all))
	}
	for _, c := range all {
		path := strings.Fields(c.CommandPath())[1:]
		out, errs, status := commandLine(append(path, "--help")...)
		if status != exitOK || errs != "" {
			t.Errorf("%s --help: status %d, %s", c.CommandPath(), status, errs)
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || len(c.Short) > 90 {
			t.Errorf("%s: a summary is one line without a full stop: %q", c.CommandPath(), c.Short)
		}
		if first, _, _ := strings.Cut(out, "\n"); strings.TrimSpace(first) == "" {
			t.Errorf("%s --help does not begin with what the command does:\n%s", c.CommandPath(), out)
		}
		if len(path) > 0 && !strings.Contains(out, "\nExamples:\n  ") {
			t.Errorf("%s --help shows no example:\n%s", c.CommandPath(), out)
		}
		for line := range strings.Lines(out) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 120 {
				t.Errorf("%s --help: %d columns: %s", c.CommandPath(), n, line)
			}
		}
		if again, _, status := commandLine(append([]string{"help"}, path...)...); status != exitOK || again != out {
			t.Errorf("help %s is another text, status %d:\n%s", strings.Join(path, " "), status, again)
		}
	}
}

// The program's own help lists every command with its summary, in groups.
func TestTheHelpListsEveryCommand(t *testing.T) {
	t.Parallel()
	out, _, status := commandLine("help")
	for _, c := range visible()[1:] {
		if c.Parent().HasParent() {
			continue // it is listed in its group's help
		}
		if line := "\n  " + c.Name() + " "; !strings.Contains(out, line) || !strings.Contains(out, c.Short) || status != exitOK {
			t.Errorf("%s is not listed:\n%s", c.Name(), out)
		}
	}
	if strings.Contains(out, "\n  process") || strings.Index(out, "Proof and cost:\n  ledger") < strings.Index(out, "\n  up ") {
		t.Errorf("the groups are not as they should be:\n%s", out)
	}
	if none, errs, status := commandLine(); status != exitUsage || none != "" || !strings.Contains(errs, "Run a bridge:") || !strings.Contains(errs, "\n  help ") {
		t.Errorf("nothing to do: status %d, %s%s", status, none, errs)
	}
}

// A wrong command line is told once, on the error output, with what may have been meant; the status is 2.
func TestAWrongCommandLine(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"chek":                          `puente: there is no command "chek": did you mean check?` + "\nsee puente --help\n",
		"chek -f x.yaml":                `puente: there is no command "chek": did you mean check?` + "\nsee puente --help\n",
		"xylophone":                     `puente: there is no command "xylophone"` + "\nsee puente --help\n",
		"help netwroks":                 `puente: there is no command "netwroks": did you mean networks?` + "\nsee puente --help\n",
		"new":                           "puente new: say what: puente new network NAME\nsee puente new --help\n",
		"calls":                         "puente calls: say what: puente calls list, puente calls show NUMBER, puente calls refused, puente calls replay\nsee puente calls --help\n",
		"dead lst":                      `puente dead: there is no command "lst": did you mean list?` + "\nsee puente dead --help\n",
		"new netwrk acme":               `puente new: there is no command "netwrk": did you mean network?` + "\nsee puente new --help\n",
		"dead --chanel A":               "puente dead: unknown flag --chanel: did you mean --channel?\nsee puente dead --help\n",
		"replay --kye 7":                "puente replay: unknown flag --kye: did you mean --key?\nsee puente replay --help\n",
		"ded":                           `puente: there is no command "ded": did you mean dead?` + "\nsee puente --help\n",
		"ls":                            `puente: there is no command "ls"` + "\nsee puente --help\n",
		"dead -x":                       "puente dead: unknown flag -x\nsee puente dead --help\n",
		"dead -chanel A":                "puente dead: unknown flag -chanel: did you mean --channel?\nsee puente dead --help\n",
		"dead -channel A":               "puente dead: -channel: a flag of more than one letter has two dashes: --channel\nsee puente dead --help\n",
		"dead -channel=A -limit 3":      "puente dead: -channel: a flag of more than one letter has two dashes: --channel\nsee puente dead --help\n",
		"check -file x.yaml":            "puente check: -file: a flag of more than one letter has two dashes: --file\nsee puente check --help\n",
		"up -help":                      "puente up: -help: a flag of more than one letter has two dashes: --help\nsee puente up --help\n",
		"-version":                      "puente: -version: a flag of more than one letter has two dashes: --version\nsee puente --help\n",
		"dead --limit many":             "puente dead: invalid argument \"many\" for \"--limit\" flag: ",
		"dead --limit":                  "puente dead: flag needs an argument: --limit\n",
		"--nonsense":                    "puente: unknown flag --nonsense\n",
		"up now":                        "puente up: unexpected argument \"now\"\nsee puente up --help\n",
		"completion":                    "puente completion: say for which shell: bash, zsh, fish\n",
		"completion tcsh":               "puente completion: there is no completion for \"tcsh\": there is one for bash, zsh, fish\n",
		"process servce":                `puente process: there is no command "servce": did you mean service?`,
		"ledger --layout services what": `puente ledger: unexpected argument "what"`,
	} {
		out, errs, status := commandLine(strings.Fields(args)...)
		if status != exitUsage || out != "" || !strings.HasPrefix(errs, want) || strings.Count(errs, "\n") > 2 {
			t.Errorf("puente %s: status %d\n%s%swant %s", args, status, out, errs, want)
		}
	}
}

// What cannot be done is told once; the status is 1.
func TestWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"check -f none.yaml":            "puente: read configuration: open none.yaml: no such file or directory\n",
		"up -f none.yaml":               "puente: read configuration: open none.yaml: no such file or directory\n",
		"setup --check --register":      "puente: --check and --register exclude each other\n",
		"ledger --layout mesh":          "puente: --layout: must be all-in-one, services or cluster\n",
		"ledger --messages 1":           "puente: --messages: must be 2 to 1000000\n",
		"bench --only price":            "puente: --only: \"price\" is none of cost, egress, channels, idle, contacts, backlog, storage\n",
		"bench --replicas 2":            "puente: --replicas: must be 1 or 3\n",
		"process node":                  "puente: node: --dir is required\n",
		"process node --dir x --sync n": "puente: node: --sync: \"n\" is neither always nor interval\n",
		"process baseline":              "puente: baseline: one of --dir and --nats is required\n",
		"process service":               "puente: service: name one of control, egress-bonychat, egress-clicksend, ",
	} {
		out, errs, status := commandLine(strings.Fields(args)...)
		if status != exitError || out != "" || !strings.HasPrefix(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("puente %s: status %d\n%s%swant %s", args, status, out, errs, want)
		}
	}
}

func TestTheVersionIsSaid(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"version", "--version"} {
		out, _, status := commandLine(args)
		if status != exitOK || !strings.HasPrefix(out, "puente ") || !strings.Contains(out, "\ncommit ") || !strings.Contains(out, "\nbuilt with go1.") {
			t.Errorf("%s: status %d: %s", args, status, out)
		}
	}
}

// What a program is given may be wrong; the phone of the demonstration is there in any case.
func TestTheNetworksOfAProgram(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	if status := start([]provider.Driver{line.Network, line.Network}, []string{"networks"}, &out, &errs); status != exitError || !strings.Contains(errs.String(), `two networks have the name "line"`) || out.Len() > 0 {
		t.Errorf("status %d: %s%s", status, &out, &errs)
	}
	given := []provider.Driver{line.Network}
	errs.Reset()
	if status := start(given, []string{"networks"}, &out, &errs); status != exitOK || !strings.Contains(out.String(), "\nline ") || !strings.Contains(out.String(), "\nphone ") {
		t.Errorf("status %d: %s%s", status, &out, &errs)
	}
	if status := start(given, []string{"ledger", "--network", "whatsapp"}, &out, &errs); status != exitError || errs.String() != "puente: --network: this program does not have whatsapp\n" {
		t.Errorf("status %d: %s", status, &errs)
	}
}
