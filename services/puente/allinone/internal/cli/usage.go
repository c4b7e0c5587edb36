package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bonychat/puente/pkg/service"
)

// UsageError is a wrong command line.
type UsageError struct {
	command string // the one that was called, such as "puente dead"
	wrong   string
}

func (e *UsageError) Error() string {
	return fmt.Sprintf("%s: %s\nsee %s --help", e.command, e.wrong, e.command)
}

func Usage(c *cobra.Command, format string, args ...any) error {
	return &UsageError{c.CommandPath(), fmt.Sprintf(format, args...)}
}

// AsUsage says whether an error is of the command line.
func AsUsage(err error) (*UsageError, bool) { return errors.AsType[*UsageError](err) }

// Examples are those of a command, a line each.
func Examples(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }

// AtMost takes so many words at most.
func AtMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, words []string) error {
		if len(words) > n {
			return Usage(c, "unexpected argument %q", words[n])
		}
		return nil
	}
}

// Exactly takes one word, which is called what is said.
func Exactly(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, words []string) error {
		if len(words) == 0 {
			return Usage(c, "say %s", what)
		}
		return AtMost(1)(c, words)
	}
}

// WrongName says that a group of commands has none of the name that was given, or that none was given.
func WrongName(group *cobra.Command, rest []string) error {
	if len(rest) == 0 {
		return Usage(group, "say what: %s", strings.Join(uses(group), ", "))
	}
	hint := meant(similar(group, rest[0]))
	if hint == "" && group.HasParent() {
		hint = ": there is " + strings.Join(uses(group), ", ")
	}
	return Usage(group, "there is no command %q%s", rest[0], hint)
}

// similar are a group's commands that are spelt like a name: with one letter that differs, or else with two.
func similar(group *cobra.Command, name string) (names []string) {
	for group.SuggestionsMinimumDistance = 1; len(names) == 0 && group.SuggestionsMinimumDistance <= min(2, len(name)-1); group.SuggestionsMinimumDistance++ {
		names = group.SuggestionsFor(name)
	}
	return names
}

// uses are how the commands of a group are called.
func uses(group *cobra.Command) (all []string) {
	for _, c := range group.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, group.CommandPath()+" "+c.Use)
		}
	}
	return all
}

// SingleDash says how a long flag with one dash is spelt. Without it -channel would be the short flags -c, -h and so on.
func SingleDash(c *cobra.Command, args []string) error {
	if c.DisableFlagParsing {
		return nil
	}
	for _, arg := range args {
		if arg == "--" {
			return nil
		}
		name, ok := strings.CutPrefix(arg, "-")
		name, _, _ = strings.Cut(name, "=")
		if ok && len(name) > 1 && c.Flag(name) != nil {
			return Usage(c, "-%s: a flag of more than one letter has two dashes: --%s", name, name)
		}
	}
	return nil
}

// FlagError names the flag that is wrong, what is wrong with it, and what may have been meant.
func FlagError(c *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return Usage(c, "%v", err)
	}
	if of := unknown.GetSpecifiedShortnames(); of != "" && len(of) > 1 {
		return Usage(c, "unknown flag -%s%s", of, meant(similarFlags(c, of)))
	} else if of != "" {
		return Usage(c, "unknown flag -%s", of)
	}
	return Usage(c, "unknown flag --%s%s", unknown.GetSpecifiedName(), meant(similarFlags(c, unknown.GetSpecifiedName())))
}

// similarFlags are a command's flags that are spelt like a name. The measure is that of the commands' names.
func similarFlags(c *cobra.Command, name string) (flags []string) {
	spelt := &cobra.Command{}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			spelt.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
		}
	})
	for _, flag := range similar(spelt, name) {
		flags = append(flags, "--"+flag)
	}
	return flags
}

// meant asks whether one of these was meant.
func meant(similar []string) string {
	if len(similar) == 0 {
		return ""
	}
	return ": did you mean " + strings.Join(similar, " or ") + "?"
}

// OfFlags says of the mistakes in a command's options which flags they are.
func OfFlags(err error) error {
	all, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var errs []error
	for _, one := range all.Unwrap() {
		errs = append(errs, fmt.Errorf("--%w", one))
	}
	return errors.Join(errs...)
}

// UntilSignal runs until it is done or the process is told to end.
func UntilSignal(run func(context.Context) error) error {
	ctx, stop := service.Signals()
	defer stop()
	return run(ctx)
}
