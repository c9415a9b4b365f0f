/**
 * What the tests of every module share.
 *
 * <p>Start here: {@link dev.fairlead.testkit.HouseRules}. Never imports any other Fairlead module.
 */
@NullMarked
package dev.fairlead.testkit;

import org.jspecify.annotations.NullMarked;
