package allinone

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// asProgram is set where the test binary is to be the program.
const asProgram = "PUENTE_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(carryOut(builtIn, os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// installed puts the program into a folder as puente, and returns the folder.
func installed(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\n" + asProgram + "=1 exec '" + self + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(folder, "puente"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// twoChannels is a configuration file whose values are not set.
func twoChannels(t *testing.T) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "puente.yaml")
	text := "channels:\n  - {id: k7m2, network: telegram, account: {token: \"${NOT_SET}\"}}\n  - {id: p3n8, network: line}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// What a shell is offered for what has been typed so far, the last word being the one that is begun.
func TestCompletion(t *testing.T) {
	t.Parallel()
	file := twoChannels(t)
	networks := builtIn.Names()
	const noFiles, onlyFiles, onlyFolders = cobra.ShellCompDirectiveNoFileComp, cobra.ShellCompDirectiveFilterFileExt, cobra.ShellCompDirectiveFilterDirs
	for _, test := range []struct {
		typed     []string
		want      []string
		directive cobra.ShellCompDirective
	}{
		{[]string{"de"}, []string{"dead"}, noFiles},
		{[]string{"p"}, []string{"pause"}, noFiles}, // process is hidden
		{[]string{"new", ""}, []string{"network"}, noFiles},
		{[]string{"help", "new", "network", ""}, nil, noFiles},
		{[]string{"help", "new", ""}, []string{"network"}, noFiles},
		{[]string{"networks", ""}, networks, noFiles},
		{[]string{"networks", "line", ""}, nil, noFiles},
		{[]string{"completion", ""}, []string{"bash", "zsh", "fish"}, noFiles},
		{[]string{"dead", "--si"}, []string{"--since"}, noFiles},
		{[]string{"dead", "-f", file, "--channel", ""}, []string{"k7m2", "p3n8"}, noFiles},
		{[]string{"replay", "--file", file, "--channel", "p"}, []string{"k7m2", "p3n8"}, noFiles}, // the shell compares
		{[]string{"dead", "-f", file + "x", "--channel", ""}, nil, noFiles},
		{[]string{"dead", ""}, []string{"list", "show", "discard"}, noFiles},
		{[]string{"failures", "--fault", ""}, []string{"contact", "agent", "setup", "network", "puente"}, noFiles},
		{[]string{"dead", "--since", ""}, nil, noFiles},
		{[]string{"setup", "-f", file, ""}, []string{"k7m2", "p3n8"}, noFiles},
		{[]string{"setup", "-f", file, "k7m2", ""}, nil, noFiles},
		{[]string{"ledger", "--layout", ""}, []string{"all-in-one", "services", "cluster"}, noFiles},
		{[]string{"ledger", "--network", ""}, []string{"phone", "whatsapp", "line", "webhook"}, noFiles},
		{[]string{"bench", "--sync", ""}, []string{"interval", "always"}, noFiles},
		{[]string{"process", "node", "--sync", ""}, []string{"always", "interval"}, noFiles},
		{[]string{"check", "-f", ""}, []string{"yaml", "yml", "json"}, onlyFiles},
		{[]string{"up", "--data", ""}, nil, onlyFolders},
	} {
		out, errs, status := commandLine(append([]string{cobra.ShellCompNoDescRequestCmd}, test.typed...)...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		last := len(lines) - 1
		if want := ":" + strconv.Itoa(int(test.directive)); status != exitOK || lines[last] != want || !slices.Equal(lines[:last], test.want) {
			t.Errorf("%q: status %d, %q, want %q and %s\n%s", test.typed, status, lines, test.want, want, errs)
		}
	}
	// channels are shown with their networks
	if out, _, _ := commandLine(cobra.ShellCompRequestCmd, "setup", "-f", file, ""); !strings.HasPrefix(out, "k7m2\ttelegram\np3n8\tline\n") {
		t.Errorf("%s", out)
	}
}

// The scripts work in the shells themselves, as far as these are installed.
func TestShells(t *testing.T) {
	t.Parallel()
	file := twoChannels(t)
	path := "PATH=" + installed(t) + string(os.PathListSeparator) + os.Getenv("PATH")
	for shell, test := range map[string]struct{ args, want []string }{
		"bash": {[]string{"--norc", "-c", `
			_get_comp_words_by_ref() { # what the package bash-completion has
				words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${words[cword]}; prev=${words[cword-1]}
			}
			compopt() { :; } # works only where a person types
			source <(puente completion bash) || exit
			complete -p puente > /dev/null || exit
			COMP_WORDS=(puente dead -f "$0" --channel ""); COMP_CWORD=5; COMP_TYPE=9
			COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
			__start_puente
			printf '%s\n' "${COMPREPLY[@]%% *}"`, file}, []string{"k7m2", "p3n8"}},
		"zsh": {[]string{"-f", "-c", `
			autoload -Uz compinit && compinit -u -d "$0.dump"
			source <(puente completion zsh) || exit
			echo $_comps[puente]
			_describe() { print -l -- ${(P)2%%:*} }; words=(puente dead -f "$0" --channel ""); CURRENT=6
			_puente`, file}, []string{"_puente", "k7m2", "p3n8"}},
		"fish": {[]string{"--no-config", "-c", `
			puente completion fish | source
			complete -C "puente dead -f $argv[1] --channel " | string replace -r '\t.*' ''`, file}, []string{"k7m2", "p3n8"}},
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skip(shell + " is not installed")
			}
			cmd := exec.CommandContext(t.Context(), program, test.args...)
			cmd.Env = append(os.Environ(), path, "HOME="+t.TempDir())
			out, err := cmd.CombinedOutput()
			if got := strings.Fields(string(out)); err != nil || strings.Join(got, " ") != strings.Join(test.want, " ") {
				t.Errorf("%v: got %s\nwant %s", err, out, test.want)
			}
		})
	}
}
