// Package tenants holds the shipped questionnaires and the offices and counties that an operator seeds, in YAML.
package tenants

import "embed"

// Files holds questionnaires/*.yaml (survey.Questionnaire), offices/*.yaml (survey.Seed) and
// counties/*.yaml (survey.CountySeed). The name of an office's or a county's file is its slug.
//
//go:embed questionnaires/*.yaml offices/*.yaml counties/*.yaml
var Files embed.FS
