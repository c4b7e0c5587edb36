package allinone

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bonychat/puente/pkg/service"
)

// usageError is a wrong command line.
type usageError struct {
	command string // the one that was called, such as "puente dead"
	wrong   string
}

func (e *usageError) Error() string {
	return fmt.Sprintf("%s: %s\nsee %s --help", e.command, e.wrong, e.command)
}

func usageOf(c *cobra.Command, format string, args ...any) error {
	return &usageError{c.CommandPath(), fmt.Sprintf(format, args...)}
}

// asUsage says whether an error is of the command line.
func asUsage(err error) (*usageError, bool) { return errors.AsType[*usageError](err) }

// atMost takes so many words at most.
func atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, words []string) error {
		if len(words) > n {
			return usageOf(c, "unexpected argument %q", words[n])
		}
		return nil
	}
}

// exactly takes one word, which is called what is said.
func exactly(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, words []string) error {
		if len(words) == 0 {
			return usageOf(c, "say %s", what)
		}
		return atMost(1)(c, words)
	}
}

// wrongName says that a group of commands has none of the name that was given, or that none was given.
func wrongName(group *cobra.Command, rest []string) error {
	if len(rest) == 0 {
		return usageOf(group, "say what: %s", strings.Join(uses(group), ", "))
	}
	hint := meant(similar(group, rest[0]))
	if hint == "" && group.HasParent() {
		hint = ": there is " + strings.Join(uses(group), ", ")
	}
	return usageOf(group, "there is no command %q%s", rest[0], hint)
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

// singleDash says how a long flag with one dash is spelt. Without it -channel would be the short flags -c, -h and so on.
func singleDash(c *cobra.Command, args []string) error {
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
			return usageOf(c, "-%s: a flag of more than one letter has two dashes: --%s", name, name)
		}
	}
	return nil
}

// flagError names the flag that is wrong, what is wrong with it, and what may have been meant.
func flagError(c *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usageOf(c, "%v", err)
	}
	if of := unknown.GetSpecifiedShortnames(); of != "" && len(of) > 1 {
		return usageOf(c, "unknown flag -%s%s", of, meant(similarFlags(c, of)))
	} else if of != "" {
		return usageOf(c, "unknown flag -%s", of)
	}
	return usageOf(c, "unknown flag --%s%s", unknown.GetSpecifiedName(), meant(similarFlags(c, unknown.GetSpecifiedName())))
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

// ofFlags says of the mistakes in a command's options which flags they are.
func ofFlags(err error) error {
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

// untilSignal runs until it is done or the process is told to end.
func untilSignal(run func(context.Context) error) error {
	ctx, stop := service.Signals()
	defer stop()
	return run(ctx)
}
