package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/puente/scaffold"
)

// newNetwork writes the folder of a new network. Its command is of two words: there may be other things to begin.
func newNetwork(args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 || args[0] != "network" {
		fmt.Fprintln(stderr, "puente new: say what: puente new network NAME")
		return errUsage
	}
	f := flags("new network", stderr)
	dir := f.String("dir", "", "folder to write, in any module; default services/egress/NAME of the repository around the working folder")
	words, err := parseWords(f, args[1:], "NAME")
	if err != nil {
		return err
	}
	if len(words) == 0 {
		fmt.Fprintln(stderr, "puente new network: give the network's name")
		return errUsage
	}
	around, err := os.Getwd()
	if err != nil {
		return err
	}
	o := scaffold.Options{Name: words[0], Taken: []string{bonychat.Network.Describe().Name}, Around: around, Dir: *dir}
	for _, d := range drivers {
		o.Taken = append(o.Taken, d.Describe().Name)
	}
	w, err := scaffold.New(o)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "wrote %s:\n", w.Folder)
	for _, name := range w.Files {
		fmt.Fprintf(stdout, "  %s\n", filepath.ToSlash(name))
	}
	next := fmt.Sprintf("the all-in-one has it by one line in %s", w.Registry)
	if w.Registry == "" {
		next = fmt.Sprintf("its service is %s/cmd/egress-%s", w.Import, o.Name)
	}
	fmt.Fprintf(stdout, "%s.\n\nIt passes its tests: go test %s/...\nNow put the vendor's API in place of the one that does not exist; network.go says how.\n", next, w.Import)
	return nil
}
