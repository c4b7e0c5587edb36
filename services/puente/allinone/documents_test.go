package allinone

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
)

var (
	// quoted is what a sentence shows as code.
	quoted = regexp.MustCompile("`([^`]+)`")
	// before is what may stand before a program: an environment, a user, a key of systemd.
	before = regexp.MustCompile(`^(\$|sudo|-u|exec|[A-Za-z_]+=\S*)$`)
)

// inQuotes are words that a shell keeps together.
var inQuotes = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// shell are the languages of code blocks that hold command lines.
var shell = []string{"sh", "bash", "shell", "console", "zsh", "fish", "ini", "systemd", "dockerfile"}

// calls are the command lines of the program, without its name, that a Markdown document shows.
func calls(document string) (all []string) {
	inBlock, language := false, ""
	for line := range strings.Lines(document) {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			inBlock, language = !inBlock, strings.TrimPrefix(trimmed, "```")
		case inBlock && slices.Contains(shell, language):
			all = append(all, callsIn(line)...)
		case !inBlock:
			for _, found := range quoted.FindAllStringSubmatch(line, -1) {
				all = append(all, callsIn(found[1])...)
			}
		}
	}
	return all
}

// callsIn are those of one line of a shell.
func callsIn(line string) (all []string) {
	line, _, _ = strings.Cut(" "+line, " #")
	line = strings.NewReplacer("<(", "&", "$(", "&", ")", "&", "|", "&", ";", "&", ">", "&").Replace(line)
	for part := range strings.SplitSeq(line, "&") {
		words := strings.Fields(strings.Replace(part, "go run ./services/puente", "puente", 1))
		for len(words) > 1 && before.MatchString(words[0]) {
			_, program, isKey := strings.Cut(words[0], "=")
			switch {
			case words[0] == "-u":
				words = words[2:]
			case isKey && strings.HasPrefix(program, "/"): // ExecStart=/usr/local/bin/puente
				words[0] = program
			default:
				words = words[1:]
			}
		}
		if len(words) > 1 && path.Base(words[0]) == "puente" && strings.ToUpper(words[1]) != words[1] {
			all = append(all, strings.Join(words[1:], " "))
		}
	}
	return all
}

// parse says what is wrong with a command line, and carries nothing out. A flag that is only mentioned needs no value.
func parse(line string) error {
	line = inQuotes.ReplaceAllStringFunc(line, func(words string) string { return strings.ReplaceAll(words, " ", "_") })
	args := strings.Fields(strings.NewReplacer(`"`, "", `'`, "", `\`, "").Replace(line))
	root := rootCommand(builtIn)
	c, err := find(root, args)
	if err != nil || c.DisableFlagParsing {
		return err
	}
	_, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	err = c.ParseFlags(rest)
	if help, _ := c.Flags().GetBool("help"); help {
		return nil
	}
	if _, mentioned := errors.AsType[*pflag.ValueRequiredError](err); mentioned || c.HasSubCommands() && !c.Runnable() {
		return nil
	}
	if err != nil {
		return cli.FlagError(c, err)
	}
	return c.ValidateArgs(c.Flags().Args())
}

// TestDocumentsShowCommandsThatThereAre: every command line in a document or a help text is one.
func TestDocumentsShowCommandsThatThereAre(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir("../../..", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(file) != ".md":
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, line := range calls(string(text)) {
			seen++
			if err := parse(line); err != nil {
				t.Errorf("%s shows: puente %s: %v", file, line, err)
			}
		}
		return nil
	})
	if err != nil || seen < 20 {
		t.Errorf("%d command lines in the documents, %v", seen, err)
	}
	for _, c := range visible() {
		examples := calls("```sh\n" + c.Example + "\n```\n")
		if len(examples) == 0 && c.HasParent() {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for _, line := range append(examples, calls(c.Long)...) {
			if err := parse(line); err != nil {
				t.Errorf("%s --help shows: puente %s: %v", c.CommandPath(), line, err)
			}
		}
	}
}

// The program's own document shows every command.
func TestTheDocumentShowsEveryCommand(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range visible() {
		if name := c.CommandPath(); c.Runnable() && c.Name() != "help" && !strings.Contains(string(text), "`"+name+"`") && !strings.Contains(string(text), "`"+name+" ") {
			t.Errorf("services/puente/README.md does not show %s", name)
		}
	}
}

// The test of all documents finds what is wrong.
func TestCallsInADocument(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		"Say `puente chek -f FILE`.":                           `there is no command "chek"`,
		"```sh\ngo run ./services/puente dead -since 24h\n```": "-since: a flag of more than one letter has two dashes",
		"```sh\n$ X=1 puente up -f a && puente ded\n```":       `there is no command "ded"`,
		"```ini\nExecStart=/usr/bin/puente up --fil x\n```":    "unknown flag --fil",
		"| `sudo -u puente puente dead -f x --sinc 1h` |":      "unknown flag --sinc",
		"```sh\nsource <(puente completion bash extra)\n```":   `unexpected argument "extra"`,
		"- `puente setup a b`":                                 `unexpected argument "b"`,
	} {
		var wrong []string
		for _, line := range calls(document) {
			if err := parse(line); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
		if len(wrong) != 1 || !strings.Contains(wrong[0], want) {
			t.Errorf("%s: %q", document, wrong)
		}
	}
	if got := calls("```sh\n# puente is up: 1 channel\nputs \"puente\"\n```\n```yaml\nnote: puente nonsense\n```\n`puente.yaml`, `puente COMMAND`\n```sh\nsudo useradd --shell x puente\nmv puente puente.broken\n```"); len(got) != 0 {
		t.Errorf("no command lines: %q", got)
	}
}
