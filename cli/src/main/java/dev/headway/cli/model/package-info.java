/** Language models: what vendors' requests and responses look like, tokens and prices. */
@NullMarked
package dev.headway.cli.model;

import org.jspecify.annotations.NullMarked;
