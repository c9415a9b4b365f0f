package dev.fairlead.sim;

import dev.fairlead.testkit.HouseRules;

/** The house rules, in this module too. */
class BordersTest extends HouseRules {
    @Override
    protected String root() {
        return "dev.fairlead.sim";
    }
}
